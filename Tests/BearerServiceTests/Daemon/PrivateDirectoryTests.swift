import BearerState
import Glibc
import TestSupport
import Testing

@testable import BearerService

@Suite("PrivateDirectory") struct PrivateDirectoryTests {
    private let temporary = TemporaryDirectory()

    @Test("it is made with those above it, for us alone; what is there stays as it is")
    func made() throws {
        mkdir("\(temporary.path)/there", 0o755)
        chmod("\(temporary.path)/there", 0o755)
        for _ in 0..<2 { try PrivateDirectory.make("\(temporary.path)/there/a/b") }
        #expect(temporary.mode(of: "there") == 0o755)
        #expect(temporary.mode(of: "there/a") == 0o700 && temporary.mode(of: "there/a/b") == 0o700)
    }

    @Test("what cannot be made is an error with its path")
    func refused() {
        temporary.write([], to: "file")
        let path = "\(temporary.path)/file/a"
        #expect(throws: StateError.cannotCreate(path: path, errno: ENOTDIR)) { try PrivateDirectory.make(path) }
    }

    @Test(
        "the directory above",
        arguments: [
            ("/a/b", "/a"), ("/a", ""), ("a", ""), ("", ""), ("a/b/c", "a/b"),
        ])
    func parents(path: String, parent: String) {
        #expect(PrivateDirectory.parent(of: path) == parent)
    }
}
