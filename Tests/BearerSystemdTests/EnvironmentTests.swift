import Glibc
import TestSupport
import Testing

@testable import BearerSystemd

/// Everything that reads what systemd leaves in the environment, one test after the other.
@Suite(.serialized) struct EnvironmentTests {}

extension EnvironmentTests {
    @Suite struct NotifierTests {
        private func withNotifier(_ body: (Notifier, DatagramSocket) throws -> Void) throws {
            let directory = TemporaryDirectory()
            let socket = try DatagramSocket(path: "\(directory.path)/notify")
            setenv("NOTIFY_SOCKET", socket.path, 1)
            defer { unsetenv("NOTIFY_SOCKET") }
            try body(Notifier(), socket)
        }

        @Test("systemd is told in the order in which things happen")
        func states() throws {
            try withNotifier { notifier, socket in
                notifier.status("waiting for a token")
                #expect(socket.receiveText() == "STATUS=waiting for a token")
                notifier.ready()
                notifier.alive()
                notifier.stopping()
                #expect(socket.receiveText() == "READY=1")
                #expect(socket.receiveText() == "WATCHDOG=1")
                #expect(socket.receiveText() == "STOPPING=1")
                #expect(notifier.flush())
            }
        }

        @Test("a status cannot smuggle in another assignment", arguments: ["\n", "\r\n", "\u{2028}"])
        func statusOfManyLines(lineBreak: String) throws {
            try withNotifier { notifier, socket in
                notifier.status("one\(lineBreak)READY=1")
                #expect(socket.receiveText() == "STATUS=one READY=1")
            }
        }

        @Test("while systemd does not read, nobody waits and only the newest status is kept")
        func coalescing() throws {
            try withNotifier { notifier, socket in
                try socket.fill()
                for number in 0..<1_000 {
                    notifier.status("\(number)")
                    notifier.alive()
                }
                notifier.stopping()
                #expect(!notifier.flush(within: .milliseconds(1)))
                var received: [String] = []
                while received.last != "STOPPING=1" && received.last != "" { received.append(socket.receiveText()) }
                let states = received.filter { $0 != "filler" }
                #expect(states.last { $0.hasPrefix("STATUS=") } == "STATUS=999")
                #expect(states.count <= 5)
            }
        }

        @Test("without systemd nothing happens")
        func noSocket() {
            let notifier = Notifier()
            notifier.ready()
            notifier.status("text")
            #expect(notifier.flush(within: .zero))
        }
    }

    @Suite struct WatchdogTests {
        @Test("the watchdog is fed twice as often as it must be")
        func interval() {
            setenv("WATCHDOG_USEC", "30000000", 1)
            defer { unsetenv("WATCHDOG_USEC") }
            #expect(Watchdog.interval == .seconds(15))
        }

        @Test("no watchdog, or one for another process, asks for nothing")
        func none() {
            #expect(Watchdog.interval == nil)
            setenv("WATCHDOG_USEC", "30000000", 1)
            setenv("WATCHDOG_PID", "1", 1)
            defer {
                unsetenv("WATCHDOG_USEC")
                unsetenv("WATCHDOG_PID")
            }
            #expect(Watchdog.interval == nil)
        }
    }

    @Suite struct ListenDescriptorsTests {
        private func pass(_ count: String, names: String?, to pid: pid_t = getpid()) {
            setenv("LISTEN_PID", "\(pid)", 1)
            setenv("LISTEN_FDS", count, 1)
            if let names { setenv("LISTEN_FDNAMES", names, 1) }
        }

        private func forget() {
            for name in ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"] { unsetenv(name) }
        }

        /// Makes 3 and 4 open descriptors, which they may not be in a test's process, and leaves them: open(2) takes
        /// the lowest free number, so that nobody else's descriptor is replaced.
        private func open34() {
            for number: Int32 in 3...4 {
                while fcntl(number, F_GETFD) < 0 { _ = open("/dev/null", O_RDWR | O_CLOEXEC) }
            }
        }

        @Test("descriptors come with their names and do not pass to our children")
        func named() throws {
            open34()
            let flags = fcntl(3, F_GETFD)
            defer { _ = fcntl(3, F_SETFD, flags) }
            _ = fcntl(3, F_SETFD, 0)
            pass("2", names: "bearerd.socket:default-7")
            defer { forget() }
            let expected = [("bearerd.socket", 3), ("default-7", 4)].map { ListenDescriptor(name: $0, descriptor: $1) }
            #expect(try ListenDescriptors.take() == expected)
            #expect(fcntl(3, F_GETFD) & FD_CLOEXEC != 0)
            #expect(getenv("LISTEN_FDS") == nil && getenv("LISTEN_PID") == nil && getenv("LISTEN_FDNAMES") == nil)
            #expect(try ListenDescriptors.take().isEmpty)
        }

        @Test("a descriptor without a name is called unknown")
        func unnamed() throws {
            open34()
            pass("1", names: nil)
            defer { forget() }
            #expect(try ListenDescriptors.take() == [ListenDescriptor(name: "unknown", descriptor: 3)])
        }

        @Test("descriptors for another process are not ours")
        func otherProcess() throws {
            pass("1", names: "bearerd.socket", to: getpid() + 1)
            defer { forget() }
            #expect(try ListenDescriptors.take().isEmpty)
        }

        @Test("what makes no sense is an error", arguments: ["x", "-1", "100000"])
        func malformed(count: String) {
            pass(count, names: nil)
            defer { forget() }
            #expect(throws: SystemdError.self) { try ListenDescriptors.take() }
        }
    }
}
