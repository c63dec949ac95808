import Glibc
import TestSupport
import Testing

@testable import BearerSystemd

extension EnvironmentTests {
    @Suite struct DescriptorStoreTests {
        private func withStore(_ body: (DescriptorStore, DatagramSocket) -> Void) throws {
            let directory = TemporaryDirectory()
            let socket = try DatagramSocket(path: "\(directory.path)/notify")
            setenv("NOTIFY_SOCKET", socket.path, 1)
            defer { unsetenv("NOTIFY_SOCKET") }
            body(DescriptorStore(), socket)
        }

        /// Both ends of a pipe.
        private func pipeEnds() -> (output: Int32, input: Int32) {
            var ends: [Int32] = [-1, -1]
            precondition(pipe(&ends) == 0, "no pipe")
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
            return (ends[0], ends[1])
        }

        @Test("a descriptor goes to systemd with its name, and ours is closed")
        func add() throws {
            try withStore { store, socket in
                let (output, input) = pipeEnds()
                defer { close(output) }
                store.add(input, name: "token-default-1")
                let received = socket.receiveWithDescriptor()
                #expect(received.text == "FDSTORE=1\nFDNAME=token-default-1")
                #expect(store.flush())
                // Only the copy in systemd's hands keeps the pipe open now.
                #expect(write(received.descriptor, "x", 1) == 1)
                close(received.descriptor)
                var bytes: [UInt8] = [0, 0]
                #expect(read(output, &bytes, 2) == 1 && read(output, &bytes, 2) == 0)
            }
        }

        @Test("what is added first is there before the other is removed")
        func order() throws {
            try withStore { store, socket in
                let (output, input) = pipeEnds()
                defer { close(output) }
                store.add(input, name: "token-default-2")
                store.remove(name: "token-default-1")
                let received = socket.receiveWithDescriptor()
                close(received.descriptor)
                #expect(received.text.hasSuffix("FDNAME=token-default-2"))
                #expect(socket.receiveText() == "FDSTOREREMOVE=1\nFDNAME=token-default-1")
            }
        }

        @Test("without systemd the descriptor is closed and nothing happens")
        func noSocket() {
            let (output, input) = pipeEnds()
            defer { close(output) }
            let store = DescriptorStore()
            store.add(input, name: "name")
            store.remove(name: "name")
            #expect(store.flush(within: .zero))
            var byte: UInt8 = 0
            #expect(read(output, &byte, 1) == 0)
        }

        @Test("in place of systemd another gets the same, in order")
        func substitute() {
            let told = Collected<String>()
            let store = DescriptorStore { operation in
                switch operation {
                case .add(let descriptor, let name): told.add("\(name) \(fcntl(descriptor, F_GETFD) >= 0)")
                case .remove(let name): told.add("-\(name)")
                }
            }
            let (output, input) = pipeEnds()
            defer { close(output) }
            store.add(input, name: "a")
            store.remove(name: "b")
            #expect(store.flush())
            #expect(told.all == ["a true", "-b"])
            var byte: UInt8 = 0
            #expect(read(output, &byte, 1) == 0)
        }
    }
}
