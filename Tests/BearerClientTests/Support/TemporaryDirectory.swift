import Glibc

/// A directory of a test's own, removed with the sockets in it.
final class TemporaryDirectory: Sendable {
    let path: String

    init() {
        var template = Array("/tmp/bearer-client-XXXXXX".utf8CString)
        precondition(mkdtemp(&template) != nil, "no temporary directory")
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    deinit {
        for name in ["socket", "link", "bearerd/bearerd.sock", "bearerd", "other/bearerd.sock", "other", ""] {
            remove("\(path)/\(name)")
        }
    }

    /// A socket that nobody listens on, where a user's daemon has its own.
    func makeSocket() throws -> String {
        let path = "\(path)/bearerd/bearerd.sock"
        try check(mkdir("\(self.path)/bearerd", 0o700), "mkdir")
        close(try listen(at: path, backlog: 0))
        return path
    }

    /// An empty file where a user's daemon has its socket.
    func makeSocketFile() throws -> String {
        let file = "\(path)/bearerd/bearerd.sock"
        try check(mkdir("\(path)/bearerd", 0o700), "mkdir")
        close(try check(open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600), file))
        return file
    }
}

/// A system call that failed.
struct SystemError: Error {
    let call: String
    let reason: String
}

@discardableResult
func check(_ result: CInt, _ call: String) throws -> CInt {
    guard result >= 0 else { throw SystemError(call: call, reason: String(cString: strerror(errno))) }
    return result
}
