internal import Glibc

/// What was left of the budget when it was last drawn on, so that quick restarts do not add up to a burst.
///
/// A hint: it is written without fsync, and one that cannot be read counts as none. One line, the calls that the bucket
/// held and the wall clock's seconds since 1970.
package struct BudgetFile: Sendable {
    private static let name = ".budget"
    private let directory: Directory

    init(directory: Directory) {
        self.directory = directory
    }

    /// How much the bucket holds by now, `wall` since 1970; 1 when nothing is known.
    ///
    /// A wall clock that went back in between adds nothing, one that went forward at most `burst`.
    package func level(rate: Double, burst: Double, at wall: Duration) -> Double {
        guard let (level, time) = read() else { return 1 }
        return min(burst, level + max(0, wall / .seconds(1) - time) * rate)
    }

    /// Blocks on the disk; failures are not told.
    package func save(level: Double, at wall: Duration) {
        let flags = O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK
        let descriptor = openat(directory.descriptor, Self.name, flags, 0o600)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        let text = "\(level) \(wall / .seconds(1))\n"
        let count = write(descriptor, text, text.utf8.count)
        ftruncate(descriptor, max(0, count))
    }

    private func read() -> (level: Double, time: Double)? {
        let flags = O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK
        let descriptor = openat(directory.descriptor, Self.name, flags)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 128)
        let count = Glibc.read(descriptor, &bytes, bytes.count)
        let numbers = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self).split { $0 == " " || $0 == "\n" }
            .compactMap { Double($0) }
        guard numbers.count == 2, numbers[0] >= 0, numbers.allSatisfy(\.isFinite) else { return nil }
        return (numbers[0], numbers[1])
    }
}
