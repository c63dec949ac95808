import Glibc
import Logging
import TestSupport
import Testing

@testable import BearerLoop
@testable import BearerSystemd

@Suite struct JournalWriterTests {
    @Test(
        "journald receives the fields by its native protocol",
        .enabled(if: geteuid() == 0, "SKIPPED: only root can put another socket in journald's place"))
    func nativeProtocol() throws {
        let entry = LogEntry(
            time: .zero, level: .error, message: "two\nlines", messageID: "0123", fields: [.init("profile", "default")])
        let received = try #require(
            inPrivateRun {
                mkdir("/run/systemd", 0o755)
                mkdir("/run/systemd/journal", 0o755)
                let journal = try? DatagramSocket(path: "/run/systemd/journal/socket")
                return JournalWriter.write(entry) < 0 ? [] : journal?.receive() ?? []
            })
        var expected = Array("MESSAGE\n".utf8) + [9, 0, 0, 0, 0, 0, 0, 0] + Array("two\nlines\n".utf8)
        expected += "PRIORITY=3\nSYSLOG_IDENTIFIER=bearerd\nMESSAGE_ID=0123\nBEARERD_PROFILE=default\n".utf8
        #expect(received == expected)
    }

    /// Runs `body` on a thread that sees an empty /run of its own; `nil` when that is not permitted.
    private func inPrivateRun(_ body: @escaping @Sendable () -> [UInt8]) -> [UInt8]? {
        let outcome = Monitor<(isDone: Bool, result: [UInt8]?)>((false, nil))
        _ = Thread.start("private-run") {
            let result = enterPrivateRun() ? body() : nil
            outcome.change { $0 = (true, result) }
        }
        return outcome.wait { $0.isDone ? .some($0.result) : .none }
    }
}

/// unshare(2) and mount(2), which Swift's Glibc module leaves out.
private func enterPrivateRun() -> Bool {
    typealias Unshare = @convention(c) (Int32) -> Int32
    typealias MountCall =
        @convention(c) (
            UnsafePointer<CChar>?, UnsafePointer<CChar>?, UnsafePointer<CChar>?, UInt, UnsafeRawPointer?
        ) -> Int32
    guard let unshareSymbol = dlsym(nil, "unshare"), let mountSymbol = dlsym(nil, "mount") else { return false }
    let unshare = unsafeBitCast(unshareSymbol, to: Unshare.self)
    let mount = unsafeBitCast(mountSymbol, to: MountCall.self)
    let (cloneNewNamespace, cloneFS): (Int32, Int32) = (0x0002_0000, 0x0000_0200)
    let (recursive, makePrivate): (UInt, UInt) = (0x4000, 0x4_0000)
    return unshare(cloneNewNamespace | cloneFS) == 0
        && mount(nil, "/", nil, recursive | makePrivate, nil) == 0
        && mount("tmpfs", "/run", "tmpfs", 0, nil) == 0
}
