internal import BearerCore
internal import BearerSystemd
internal import Glibc

/// A file in a directory of ours, read whole with everything about it checked.
struct StateFile {
    /// Above what becomes of a registration reply of 64 KiB, escapes included.
    static let limit = 524_288

    let contents: Secret
    /// The permission bits, when group or others had any.
    let openMode: UInt32?
    /// Seconds since 1970.
    let modifiedAt: Int64

    /// Reads a file; `nil` when there is none. A mode other than 0600 is fixed, if the file system allows it.
    static func read(_ name: String, in directory: Directory) throws(StateError) -> StateFile? {
        let descriptor = openat(directory.descriptor, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
        let path = directory.path(of: name)
        guard descriptor >= 0 else {
            switch errno {
            case ENOENT: return nil
            case ELOOP: throw .unusableFile(path: path, .symbolicLink)
            case ENXIO: throw .unusableFile(path: path, .notARegularFile)
            default: throw .unusableFile(path: path, .unreadable(errno: errno))
            }
        }
        defer { close(descriptor) }
        do {
            return try read(descriptor)
        } catch {
            throw .unusableFile(path: path, error)
        }
    }

    private static func read(_ descriptor: Int32) throws(StateError.FileProblem) -> StateFile {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .unreadable(errno: errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notARegularFile }
        guard status.st_uid == geteuid() else { throw .foreignOwner(uid: status.st_uid, expected: geteuid()) }
        let mode = status.st_mode & 0o7777
        let isOpen = mode & 0o077 != 0
        if isOpen { fchmod(descriptor, 0o600) }
        switch SecretReader.read(descriptor, limit: limit) {
        case .contents(let contents):
            guard !contents.isEmpty else { throw .empty }
            let modifiedAt = Int64(status.st_mtim.tv_sec)
            return StateFile(contents: contents, openMode: isOpen ? mode : nil, modifiedAt: modifiedAt)
        case .tooLarge: throw .tooLarge
        case .failed(let errno): throw .unreadable(errno: errno)
        }
    }

    /// Whether a durable write made the file and was cut short before its rename.
    static func isTemporary(_ name: String) -> Bool {
        name.hasPrefix(".") && name.hasSuffix(".tmp")
    }

    static func temporaryName(for name: String) -> String {
        ".\(name).\(String(UInt32.random(in: .min ... .max), radix: 16)).tmp"
    }
}

/// Replaces a file so that after a crash or power cut at any moment the old or the new one is there, whole: a
/// temporary file beside it, fsync, rename, fsync of the directory.
struct DurableWrite {
    let name: String
    let directory: Directory
    /// Gives the file `name` of a directory a second name, as linkat(2) does.
    var link: @Sendable (_ directory: CInt, _ name: String, _ second: String) -> CInt = { linkat($0, $1, $0, $2, 0) }

    /// Writes `bytes` to the file, mode 0600. With `archivingAs`, a file that is there and says something else stays
    /// under that name, or that name and a number, which is returned.
    @discardableResult
    func replace(with bytes: [UInt8], archivingAs aside: String? = nil) throws(StateError) -> String? {
        let temporary = StateFile.temporaryName(for: name)
        var kept: String?
        do throws(StateError) {
            try create(temporary, bytes)
            // A write that failed after its rename is done again: what is there then is not the old one.
            if let aside, !isThere(bytes) { kept = try archive(as: aside) }
            guard renameat(directory.descriptor, temporary, directory.descriptor, name) == 0 else {
                throw failure(at: .rename)
            }
        } catch {
            unlinkat(directory.descriptor, temporary, 0)
            if let kept { unlinkat(directory.descriptor, kept, 0) }
            throw error
        }
        try directory.synchronize()
        return kept
    }

    private func isThere(_ bytes: [UInt8]) -> Bool {
        guard let file = try? StateFile.read(name, in: directory) else { return false }
        return file.contents == Secret(bytes)
    }

    /// Gives the file a second name next to its own, or copies it where the file system has no hard links; `nil` when there
    /// is no file.
    private func archive(as wanted: String) throws(StateError) -> String? {
        for number in 0..<1_000 {
            let aside = number == 0 ? wanted : "\(wanted)-\(number)"
            if link(directory.descriptor, name, aside) == 0 { return aside }
            switch errno {
            case ENOENT: return nil
            case EEXIST: continue
            case EPERM, EOPNOTSUPP, ENOSYS, EMLINK: if try copy(to: aside) { return aside }
            default: throw failure(at: .archive)
            }
        }
        throw failure(at: .archive)
    }

    /// Writes what is in the file to a new one, durably; false when there is one of this name.
    private func copy(to aside: String) throws(StateError) -> Bool {
        let descriptor = openat(directory.descriptor, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw failure(at: .archive) }
        defer { close(descriptor) }
        guard case .contents(let contents) = SecretReader.read(descriptor, limit: Self.maximumCopy) else {
            throw .notWritten(path: directory.path(of: name), step: .archive, errno: EFBIG)
        }
        var bytes = contents.withBytes { Array($0) }
        defer { Secret.wipe(&bytes) }
        do throws(StateError) {
            try create(aside, bytes)
            return true
        } catch {
            if case .notWritten(_, .create, EEXIST) = error { return false }
            unlinkat(directory.descriptor, aside, 0)
            throw error
        }
    }

    /// Above any file of ours, damaged or not.
    private static let maximumCopy = 4 * StateFile.limit

    private func create(_ temporary: String, _ bytes: [UInt8]) throws(StateError) {
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        let descriptor = openat(directory.descriptor, temporary, flags, 0o600)
        guard descriptor >= 0 else { throw failure(at: .create) }
        defer { close(descriptor) }
        var offset = 0
        while offset < bytes.count {
            let written = bytes.withUnsafeBytes {
                write(descriptor, $0.baseAddress?.advanced(by: offset), $0.count - offset)
            }
            if written < 0 && errno == EINTR { continue }
            guard written >= 0 else { throw failure(at: .write) }
            offset += written
        }
        guard fsync(descriptor) == 0 else { throw failure(at: .synchronize) }
    }

    private func failure(at step: StateError.WriteStep) -> StateError {
        .notWritten(path: directory.path(of: name), step: step, errno: errno)
    }
}
