import BearerCore
import Glibc
import TestSupport
import Testing

@testable import BearerState

/// File systems that lack what a local disk has.
@Suite("Poor file systems") struct PoorFileSystemTests {
    private let temporary = TemporaryDirectory()

    private func write(without code: CInt) throws -> DurableWrite {
        let directory = try #require(try Directory.open(path: temporary.path))
        return DurableWrite(name: "file", directory: directory) { _, _, _ in
            errno = code
            return -1
        }
    }

    @Test(
        "without hard links what is replaced is kept aside all the same, as a copy",
        arguments: [EPERM, EOPNOTSUPP, ENOSYS, EMLINK])
    func noLinks(code: CInt) throws {
        temporary.write("old".utf8, to: "file")
        temporary.write("older".utf8, to: "file.aside")
        let kept = try write(without: code).replace(with: Array("new".utf8), archivingAs: "file.aside")
        #expect(kept == "file.aside-1")
        #expect(temporary.names().sorted() == ["file", "file.aside", "file.aside-1"])
        #expect(temporary.read("file") == Array("new".utf8))
        #expect(temporary.read("file.aside") == Array("older".utf8))
        #expect(temporary.read("file.aside-1") == Array("old".utf8))
        #expect(temporary.mode(of: "file.aside-1") == 0o600)
    }

    @Test("what cannot be kept aside is not replaced, and nothing is left behind")
    func broken() throws {
        temporary.write("old".utf8, to: "file")
        #expect(throws: StateError.notWritten(path: "\(temporary.path)/file", step: .archive, errno: EIO)) {
            try write(without: EIO).replace(with: Array("new".utf8), archivingAs: "file.aside")
        }
        temporary.write([UInt8](repeating: 0x20, count: 3_000_000), to: "file")
        #expect(throws: StateError.notWritten(path: "\(temporary.path)/file", step: .archive, errno: EFBIG)) {
            try write(without: EPERM).replace(with: Array("new".utf8), archivingAs: "file.aside")
        }
        #expect(temporary.names() == ["file"])
    }

    @Test("without a file there is nothing to keep aside")
    func absent() throws {
        #expect(try write(without: ENOENT).replace(with: Array("new".utf8), archivingAs: "file.aside") == nil)
        #expect(temporary.names() == ["file"])
    }

    @Test("a file system that cannot lock a directory is named as the cause, and the exit code is that of the disk")
    func noLocks() {
        for code in [EBADF, ENOLCK, EOPNOTSUPP, ENOSYS] {
            let error = StateError.unusableDirectory(path: "/state", DirectoryLock.problem(of: code))
            #expect("\(error)".hasPrefix("/state: its file system cannot lock a directory"))
            #expect("\(error)".contains("NFS") && error.exitCode == 74)
        }
        #expect(DirectoryLock.problem(of: EIO) == .failed(errno: EIO))
    }
}
