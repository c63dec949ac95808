internal import Glibc

/// Small files read whole: never more than a bound, never a device or a pipe that would block.
enum BoundedFile {
    struct Unreadable: Error {
        /// For people, without the path.
        let reason: String

        static var lastError: Unreadable { Unreadable(reason: String(cString: strerror(errno))) }
    }

    static func read(_ path: String, upTo limit: Int) throws(Unreadable) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .lastError }
        defer { close(descriptor) }
        try checkIsRegular(descriptor)

        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count == 0 { return bytes }
            if count < 0 {
                if errno == EINTR { continue }
                throw .lastError
            }
            bytes += chunk[..<count]
            guard bytes.count <= limit else { throw Unreadable(reason: "larger than \(limit) bytes") }
        }
    }

    private static func checkIsRegular(_ descriptor: CInt) throws(Unreadable) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .lastError }
        guard status.st_mode & S_IFMT == S_IFREG else { throw Unreadable(reason: "not a regular file") }
    }
}
