internal import BearerCore
internal import Glibc

extension StateError: CustomStringConvertible {
    /// What was found and how to go on, in a line.
    package var description: String {
        switch self {
        case .locked(let path, let pid):
            "\(path): used by another bearerd\(pid.map { " (pid \($0))" } ?? ""); each needs its own state directory"
        case .cannotCreate(let path, let errno):
            "\(path): cannot be created: \(message(of: errno)); create it, owned by uid \(geteuid()), mode 0700"
        case .unusableDirectory(let path, let problem): "\(path): \(problem)"
        case .unusableFile(let path, let problem): "\(path): \(problem.finding); \(problem.remedy)"
        case .notWritten(let path, let step, let errno):
            "\(path): not written, could not \(step.rawValue): \(message(of: errno))"
        }
    }
}

extension StateError.DirectoryProblem: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notADirectory: "not a directory; move it away, or name another state directory"
        case .foreignOwner(let uid, let expected):
            "owned by uid \(uid), expected \(expected); run chown -R \(expected) on it, or run as uid \(uid)"
        case .noLocks(let errno):
            "its file system cannot lock a directory (\(message(of: errno))), as is the case of NFS; put the state "
                + "directory on a local disk"
        case .failed(let errno): message(of: errno)
        }
    }
}

extension StateError.FileProblem {
    var finding: String {
        switch self {
        case .empty: "the file is empty"
        case .tooLarge: "the file is larger than \(StateFile.limit) bytes"
        case .malformed(let error): "damaged, \(error)"
        case .newerVersion(let version): "format version \(version), expected \(Record.version)"
        case .invalidField(let field): "damaged, \(field) is missing or invalid"
        case .belongsElsewhere(let field, let found, let expected):
            "written for the \(field) \(Quotation.quoted(found)), expected \(expected)"
        case .symbolicLink: "a symbolic link, expected a regular file"
        case .notARegularFile: "not a regular file"
        case .foreignOwner(let uid, let expected): "owned by uid \(uid), expected \(expected)"
        case .unreadable(let errno): "cannot be read: \(message(of: errno))"
        }
    }

    var remedy: String {
        switch self {
        case .newerVersion: "install the bearerd that wrote it, or \(Self.startOver)"
        case .foreignOwner(_, let expected): "give it back by chown \(expected)"
        case .unreadable: "mend that, or restore it from a backup, or \(Self.startOver)"
        case .symbolicLink: "put the file itself there"
        case .empty, .tooLarge, .malformed, .invalidField, .belongsElsewhere, .notARegularFile:
            "restore it from a backup, or \(Self.startOver)"
        }
    }

    private static let startOver =
        "move it away: the profile then registers anew, and viewers have to sign in again"
}

private func message(of code: Int32) -> String {
    String(cString: strerror(code))
}
