import Glibc
import TestSupport
import Testing

@testable import BearerState

@Suite struct MachineIDTests {
    let temporary = TemporaryDirectory()

    private func read(_ content: String) -> MachineID? {
        temporary.write(content.utf8, to: "machine-id")
        return MachineID.read(path: "\(temporary.path)/machine-id")
    }

    @Test("the id itself is not kept, but its HMAC")
    func hash() {
        // printf 'bearerd client credentials' | openssl dgst -sha256 -mac HMAC -macopt key:0123…cdef
        #expect(
            read("0123456789abcdef0123456789abcdef\n")?.hash
                == "f6747ccfb20b0cd513b106ffe1bd23814efc07967f2d08f374a47f91abc2d6f1")
    }

    @Test("a machine without an id has none", arguments: ["", "\n", "uninitialized\n", "0123456789abcdef\n"])
    func none(content: String) {
        #expect(read(content) == nil)
    }

    @Test("a missing file is no id")
    func missing() {
        #expect(MachineID.read(path: "\(temporary.path)/nowhere") == nil)
    }

    @Test("credentials of another machine are used, with a warning; without a machine-id there is none")
    func cloned() throws {
        let state = TemporaryDirectory()
        func store(machineID: String) throws -> CredentialStore {
            temporary.write(machineID.utf8, to: "machine-id")
            let path = "\(temporary.path)/machine-id"
            return try StateDirectory.open(path: state.path, machineIDPath: path).credentials(for: .example())
        }
        let original = "0123456789abcdef0123456789abcdef\n"
        let clone = "fedcba9876543210fedcba9876543210\n"
        try store(machineID: original).save(.example())
        #expect(try store(machineID: original).load().warnings.isEmpty)
        #expect(try store(machineID: "").load().warnings.isEmpty)
        let cloned = try store(machineID: clone)
        #expect(try cloned.load() == .present(.example(), warnings: [.otherMachine(path: cloned.path)]))
    }
}
