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
