import Glibc
import Testing

/// Directories that go when the test process ends.
enum TemporaryDirectory {
    static func make() throws -> String {
        var template = Array("/tmp/bearer-upstream-XXXXXX".utf8CString)
        let path = template.withUnsafeMutableBufferPointer { buffer in
            buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) }
        }
        let directory = try #require(path)
        Cleanup.remove(directory)
        return directory
    }

    static func write(_ content: String, to path: String) throws {
        let file = try #require(fopen(path, "w"))
        defer { fclose(file) }
        fputs(content, file)
    }

    /// Makes `path` and what is missing above it.
    static func makeDirectories(_ path: String) {
        var sofar = ""
        for part in path.split(separator: "/") {
            sofar += "/\(part)"
            mkdir(sofar, 0o700)
        }
    }
}
