internal import Glibc

extension Configuration {
    /// Reads and checks a configuration file: a regular file of at most 1 MiB, in UTF-8.
    ///
    /// - Parameter mayBeMissing: a file that does not exist means the defaults, as at the standard place; otherwise it
    ///   is an error, as where somebody named it.
    package static func load(path: String, mayBeMissing: Bool = false) throws(ConfigurationError) -> Configuration {
        let bytes: [UInt8]
        do {
            bytes = try ConfigurationFile.bytes(of: path)
        } catch {
            if error.isMissing, mayBeMissing { return Configuration() }
            throw problem(in: path, found: error.found, expected: error.expected)
        }
        return try Configuration(yaml: text(of: bytes, file: path), file: path)
    }

    /// UTF-8, with or without a byte order mark.
    static func text(of bytes: [UInt8], file: String) throws(ConfigurationError) -> String {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let bytes = bytes.starts(with: mark) ? bytes.dropFirst(mark.count) : bytes[...]
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        let repaired = String(decoding: bytes, as: UTF8.self)
        let sound = zip(bytes, repaired.utf8).prefix { $0 == $1 }.count
        let index = repaired.utf8.index(repaired.utf8.startIndex, offsetBy: sound)
        throw problem(
            in: file, at: TextPosition(of: index, in: repaired), found: "bytes that are not UTF-8", expected: "UTF-8")
    }

    private static func problem(
        in file: String, at position: TextPosition? = nil, found: String, expected: String
    ) -> ConfigurationError {
        let problem = ConfigurationProblem(position: position, found: found, expected: expected, suggestion: nil)
        return ConfigurationError(file: file, problems: [problem])
    }
}

/// Reads the bytes of a configuration file.
private enum ConfigurationFile {
    /// 1 MiB
    private static let maximumBytes = 1 << 20

    struct ReadError: Error {
        var isMissing = false
        let found: String
        let expected: String
    }

    /// A regular file of at most ``maximumBytes``.
    static func bytes(of path: String) throws(ReadError) -> [UInt8] {
        // Without O_NONBLOCK, opening a FIFO that nobody writes to would not return.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw failure(errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure(errno) }
        switch status.st_mode & S_IFMT {
        case S_IFREG: return try bytes(from: descriptor)
        case S_IFDIR: throw ReadError(found: "a directory", expected: "a file")
        default: throw ReadError(found: "neither a file nor a directory", expected: "a file")
        }
    }

    private static func bytes(from descriptor: Int32) throws(ReadError) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure(errno) }
            guard count > 0 else { return bytes }
            bytes += chunk[..<count]
            guard bytes.count <= maximumBytes else {
                throw ReadError(found: "more than 1 MiB", expected: "at most 1 MiB")
            }
        }
    }

    private static func failure(_ code: Int32) -> ReadError {
        if code == ENOENT {
            return ReadError(isMissing: true, found: "no such file", expected: "a configuration file")
        }
        return ReadError(
            found: "cannot be read: \(String(cString: strerror(code)))",
            expected: "a file that the daemon's user may read")
    }
}
