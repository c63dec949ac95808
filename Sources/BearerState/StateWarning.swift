/// Something about the state that an operator should know and that stops nothing.
package enum StateWarning: Sendable, Equatable {
    /// The directory was open to others and now is 0700, if the file system allows it. `mode` is what it was.
    case directoryWasOpen(path: String, mode: UInt32)
    /// The credentials could be read by others. They are used, and the file now is 0600, if the file system allows it.
    case fileWasOpen(path: String, mode: UInt32)
    /// The credentials were obtained on a machine with another machine-id: an image was cloned after registration.
    case otherMachine(path: String)
    /// The history was unusable; it is replaced by the most cautious one. `keptAs` is `nil` when it had to stay where
    /// it is, and nothing can be recorded.
    case historyReplaced(StateError, keptAs: String?)
}

extension StateWarning: CustomStringConvertible {
    package var description: String {
        switch self {
        case .directoryWasOpen(let path, let mode): "\(path): mode was 0\(octal(mode)), expected 0700"
        case .fileWasOpen(let path, let mode):
            "\(path): mode was 0\(octal(mode)), expected 0600; whoever could read the client secret may have it: "
                + "bearerctl register --force replaces it, and viewers then have to sign in again"
        case .otherMachine(let path):
            "\(path): written on a machine with another machine-id; if the state directory was moved here, see to it that the "
                + "old host does not use it any more; a cloned image shares its client credentials: remove the state "
                + "directory from the image before cloning"
        case .historyReplaced(let error, let keptAs):
            "\(error.historyFinding); "
                + (keptAs.map { "kept as \($0), " }
                    ?? "it stays where it is and nothing is recorded until it is moved away, ")
                + "and taken as if three registrations had gone unanswered"
        }
    }

    private func octal(_ mode: UInt32) -> String {
        String(mode, radix: 8)
    }
}

extension StateError {
    /// Without the remedies, which are those of credentials.
    fileprivate var historyFinding: String {
        if case .unusableFile(let path, let problem) = self { "\(path): \(problem.finding)" } else { description }
    }
}
