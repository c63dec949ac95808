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
        case keepAside = "keep the old file aside"
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
