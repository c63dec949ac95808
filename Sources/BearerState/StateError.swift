internal import BearerCore
package import BearerJSON
internal import Glibc

/// Why the state directory, or a file in it, cannot be used. Holds paths and numbers, never credentials.
package enum StateError: Error, Sendable, Equatable {
    /// Another process holds the directory; `pid` when it could leave its number.
    case locked(path: String, pid: Int32?)
    /// The directory does not exist and cannot be made.
    case cannotCreate(path: String, errno: Int32)
    case unusableDirectory(path: String, DirectoryProblem)
    /// The file is there and is not what it should be. It is left as it is.
    case unusableFile(path: String, FileProblem)
    /// A durable write failed; what was there before is untouched.
    case notWritten(path: String, step: WriteStep, errno: Int32)

    package enum DirectoryProblem: Sendable, Equatable {
        case notADirectory
        case foreignOwner(uid: UInt32, expected: UInt32)
        /// The file system cannot lock a directory, as NFS.
        case noLocks(errno: Int32)
        case failed(errno: Int32)
    }

    package enum FileProblem: Error, Sendable, Equatable {
        case empty
        /// Larger than any file of ours.
        case tooLarge
        /// Truncated or otherwise no JSON.
        case malformed(JSONError)
        case newerVersion(Int64)
        /// A field is missing, of the wrong type or out of range.
        case invalidField(String)
        /// The file was written for another profile, server or software statement.
        case belongsElsewhere(field: String, found: String, expected: String)
        case symbolicLink
        case notARegularFile
        case foreignOwner(uid: UInt32, expected: UInt32)
        case unreadable(errno: Int32)
    }

    /// A step of a durable write.
    package enum WriteStep: String, Sendable {
        case create, write, synchronize, rename
        case archive = "archive the old file"
        case synchronizeDirectory = "synchronize the directory"
    }

    /// Whether it may pass by itself: the disk, the kernel or the network file system was unwell at that moment.
    package var isPassing: Bool {
        switch self {
        case .unusableDirectory(_, .failed(let errno)), .unusableFile(_, .unreadable(let errno)):
            [EIO, EMFILE, ENFILE, ENOMEM, ESTALE].contains(errno)
        case .locked, .cannotCreate, .unusableDirectory, .unusableFile, .notWritten: false
        }
    }

    /// What the daemon exits with when this keeps it from starting, sysexits.h.
    package var exitCode: Int32 {
        switch self {
        case .locked: 75
        case .cannotCreate: 73
        case .unusableDirectory, .unusableFile, .notWritten: 74
        }
    }
}

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
        case .newerVersion: "install the bearerd that wrote it; \(Self.startOver)"
        case .foreignOwner(_, let expected): "give it back by chown \(expected), then reload"
        case .unreadable: "fix that, or restore it from a backup, then reload; \(Self.startOver)"
        case .symbolicLink: "put the file itself there, then reload"
        case .empty, .tooLarge, .malformed, .invalidField, .belongsElsewhere, .notARegularFile:
            "restore it from a backup, then reload; \(Self.startOver)"
        }
    }

    private static let startOver =
        "do not delete it: without it the profile registers anew, and viewers have to sign in again"
}

private func message(of code: Int32) -> String {
    String(cString: strerror(code))
}

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
