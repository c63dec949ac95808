package import BearerCore
internal import Glibc

/// What was left of the budget when it was last drawn on, so that quick restarts do not add up to a burst.
///
/// A hint: it is written without fsync, and one that cannot be read counts as none. One line: the calls that the bucket
/// held, the wall clock's seconds since 1970 and, while the server finds our calls too many, the seconds of the pause between them and
/// what is left of it.
package struct BudgetFile: Sendable {
    private static let name = ".budget"
    private let directory: Directory

    init(directory: Directory) {
        self.directory = directory
    }

    /// What was written last; `nil` when nothing is known.
    package func load() -> BudgetRecord? {
        guard let numbers = read(), numbers.count == 2 || numbers.count == 4 else { return nil }
        guard numbers[0] >= 0, numbers.allSatisfy({ $0.magnitude < 1e15 }) else { return nil }
        let seconds = (numbers + [0, 0]).map { Duration.seconds($0) }
        return BudgetRecord(level: numbers[0], writtenAt: seconds[1], pause: seconds[2], wait: seconds[3])
    }

    /// Blocks on the disk; failures are not told.
    package func save(_ record: BudgetRecord) {
        let flags = O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK
        let descriptor = openat(directory.descriptor, Self.name, flags, 0o600)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        let slowdown = record.pause > .zero ? " \(record.pause / .seconds(1)) \(record.wait / .seconds(1))" : ""
        let text = "\(record.level) \(record.writtenAt / .seconds(1))\(slowdown)\n"
        let count = write(descriptor, text, text.utf8.count)
        ftruncate(descriptor, max(0, count))
    }

    private func read() -> [Double]? {
        let flags = O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK
        let descriptor = openat(directory.descriptor, Self.name, flags)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 128)
        let count = Glibc.read(descriptor, &bytes, bytes.count)
        let words = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self).split { $0 == " " || $0 == "\n" }
        let numbers = words.compactMap { Double($0) }
        return numbers.count == words.count ? numbers : nil
    }
}
