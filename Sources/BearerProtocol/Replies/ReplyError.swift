/// Why a line is no reply of the daemon, or not the one that was asked for. Holds no value of the line.
package struct ReplyError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What was found and what was expected.
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}
