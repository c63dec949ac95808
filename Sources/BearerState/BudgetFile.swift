package import BearerCore

/// What was left of the budget when it was last drawn on, so that quick restarts do not add up to a burst.
///
/// A hint: it is written without fsync, and one that cannot be read counts as none. One line: the calls that the bucket
/// held, the wall clock's seconds since 1970 and, while the server finds our calls too many, the seconds of the pause
/// before the next one and what is left of it.
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

    /// Blocks on the disk; failures are not reported.
    package func save(_ record: BudgetRecord) {
        let slowdown = record.pause > .zero ? " \(record.pause / .seconds(1)) \(record.wait / .seconds(1))" : ""
        let text = "\(record.level) \(record.writtenAt / .seconds(1))\(slowdown)\n"
        directory.leaveHint(Self.name, text)
    }

    private func read() -> [Double]? {
        let words = directory.hint(Self.name)?.split { $0 == " " || $0 == "\n" }
        let numbers = words?.compactMap { Double($0) }
        return numbers?.count == words?.count ? numbers : nil
    }
}
