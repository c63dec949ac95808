internal import BearerCore
package import BearerSystemd
internal import Glibc

/// What the disk has not taken yet, in sealed memfds in systemd's file descriptor store, so that a restart loses nothing.
package struct UnsavedStore: Sendable {
    /// A file in the store.
    package struct Entry: Sendable, Equatable {
        package let file: UnsavedFile
        /// The newer one has the larger number.
        package let number: UInt64

        package init(file: UnsavedFile, number: UInt64) {
            self.file = file
            self.number = number
        }

        /// `unsaved-<part>-<profile>-<number>`.
        fileprivate var name: String { "\(prefix)\(file.part.rawValue)-\(file.key.profile)-\(number)" }
    }

    private let files: SealedFiles

    package init(_ files: SealedFiles) {
        self.files = files
    }

    /// Keeps a file, then lets go of the one before it.
    ///
    /// - Returns: whether it was handed to systemd; if not, the one before it stays.
    package func keep(_ entry: Entry, replacing old: Entry?) -> Bool {
        var body = entry.file.encoded()
        defer { Secret.wipe(&body) }
        var bytes = Checksum.added(to: body)
        guard files.add(&bytes, name: entry.name) else { return false }
        if let old { forget(old) }
        return true
    }

    package func forget(_ entry: Entry) {
        files.remove(entry.name)
    }

    /// Waits until systemd has been told of everything; bounded, at most a second.
    package func flush() {
        files.flush()
    }

    /// Whether a descriptor's name is one of ours.
    package static func isName(_ name: String) -> Bool { name.hasPrefix(prefix) }

    /// Takes back what systemd kept: the newest of each file. What cannot be used is removed from the store, and `onDrop` is
    /// told its name and why. All descriptors are closed.
    package func takeBack(_ descriptors: [ListenDescriptor], onDrop: (String, StoredTokenError) -> Void) -> [Entry] {
        var newest: [String: Entry] = [:]
        for descriptor in descriptors {
            defer { close(descriptor.descriptor) }
            do throws(StoredTokenError) {
                let entry = try read(descriptor)
                let slot = "\(entry.file.part) \(entry.file.key.profile) \(entry.file.key.fileIdentifier)"
                guard let other = newest.updateValue(entry, forKey: slot) else { continue }
                // The same twice has one name, by which both would go.
                guard other.number != entry.number else { continue }
                if other.number > entry.number { newest[slot] = other }
                forget(other.number > entry.number ? entry : other)
            } catch {
                onDrop(descriptor.name, error)
                files.remove(descriptor.name)
            }
        }
        return Array(newest.values)
    }

    private func read(_ descriptor: ListenDescriptor) throws(StoredTokenError) -> Entry {
        guard let (part, number) = Self.parse(descriptor.name) else { throw .damaged }
        var bytes = try files.read(descriptor.descriptor).withBytes { Array($0) }
        defer { Secret.wipe(&bytes) }
        guard let body = Checksum.removed(from: bytes) else { throw .damaged }
        let file: UnsavedFile
        do {
            file = try UnsavedFile(part, Secret(body))
        } catch {
            if case .newerVersion = error { throw .otherVersion }
            throw .damaged
        }
        let entry = Entry(file: file, number: number)
        guard entry.name == descriptor.name else { throw .damaged }
        return entry
    }

    fileprivate static let prefix = "unsaved-"

    private static func parse(_ name: String) -> (UnsavedFile.Part, UInt64)? {
        let words = name.split(separator: "-", omittingEmptySubsequences: false)
        guard words.count >= 4, let part = UnsavedFile.Part(rawValue: String(words[1])),
            let number = words.last.flatMap({ UInt64($0) }), number < maximumNumber
        else { return nil }
        return (part, number)
    }

    /// Beyond what any life comes to, and far from what counting on would overflow.
    private static let maximumNumber = UInt64(1) << 53
}
