package import BearerCore
internal import Glibc

/// Reads a small file into a ``Secret`` and leaves no copy behind.
package enum SecretFile {
    /// systemd's own limit for the credentials of a unit.
    package static let limit = 1 << 20

    /// Reads the regular file at `path`, at most `limit` bytes. Symbolic links are followed: it is the operator who
    /// names the path. Blocks on the disk.
    package static func read(path: String, limit: Int = limit) throws(SystemdError) -> Secret {
        // Without O_NONBLOCK, opening a FIFO would wait for a writer.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw errno == ENOENT ? .fileMissing(path: path) : .fileUnreadable(path: path, errno: errno)
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .fileUnreadable(path: path, errno: errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notARegularFile(path: path) }
        return switch SecretReader.read(descriptor, limit: limit) {
        case .contents(let secret): secret
        case .tooLarge: throw .fileTooLarge(path: path, limit: limit)
        case .failed(let errno): throw .fileUnreadable(path: path, errno: errno)
        }
    }
}
