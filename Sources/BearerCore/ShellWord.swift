/// A word for a command that a message names.
package enum ShellWord {
    /// `text` as one word of sh(1): in single quotes where that is needed.
    package static func quoted(_ text: String) -> String {
        let isSafe = text.utf8.allSatisfy { ASCII.isLetter($0) || ASCII.isDigit($0) || "/._-+:@%,".utf8.contains($0) }
        if isSafe, !text.isEmpty { return text }
        let parts = text.split(separator: "'", omittingEmptySubsequences: false)
        return "'\(parts.joined(separator: "'\\''"))'"
    }
}
