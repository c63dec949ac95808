package import Glibc

/// A directory of a test's own, removed with everything in it when the test lets go of it.
package final class TemporaryDirectory: Sendable {
    package let path: String

    /// - Parameter mode: 0755 lets programs of other users in.
    package init(mode: mode_t = 0o700) {
        var template = Array("/tmp/bearerd-test-XXXXXX".utf8CString)
        precondition(mkdtemp(&template) != nil, "no temporary directory")
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        chmod(path, mode)
    }

    deinit {
        Files.remove(path)
    }

    /// Makes the directories above `name` where they are missing.
    package func write(_ bytes: some Collection<UInt8>, to name: String, mode: UInt32 = 0o600) {
        for end in name.indices where name[end] == "/" { mkdir("\(path)/\(name[..<end])", 0o700) }
        do {
            try Files.write(bytes, to: "\(path)/\(name)")
        } catch {
            preconditionFailure("\(error)")
        }
        chmod("\(path)/\(name)", mode)
    }

    package func read(_ name: String) -> [UInt8]? {
        try? Files.read("\(path)/\(name)")
    }

    package func remove(_ name: String) {
        unlink("\(path)/\(name)")
    }

    /// Permission bits, `nil` when there is no such file. A link is not followed.
    package func mode(of name: String = ".") -> UInt32? {
        Files.mode("\(path)/\(name)").map { $0 & 0o7777 }
    }

    /// Sorted, without `.` and `..`.
    package func names(in name: String = ".") -> [String] {
        Files.names(in: "\(path)/\(name)")
    }
}
