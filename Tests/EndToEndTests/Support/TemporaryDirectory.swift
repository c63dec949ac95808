import Glibc

/// A fresh directory that others can enter but not change.
struct TemporaryDirectory {
    let path: String

    init() throws {
        var template = Array("/tmp/bearerd-end-to-end-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw HarnessError.system("mkdtemp", code: errno) }
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        chmod(path, 0o755)
    }

    /// Removes it with all it holds; links are removed, not followed.
    func remove() {
        Files.removeTree(path)
    }
}
