import BearerCore
import BearerSystemd
import CLinux
import Glibc
import TestSupport
import Testing

@testable import BearerState

@Suite("TokenStore", .timeLimit(.minutes(1))) struct TokenStoreTests {
    private let kept = TestStore()

    /// What a new process gets back, and why it drops the rest.
    private func takeBack(
        _ usable: (StoredToken) -> StoredTokenError? = { _ in nil }
    ) -> (tokens: [String: AccessToken], drops: [String]) {
        var drops: [String] = []
        let tokens = kept.store.takeBack(
            kept.handOver(), onDrop: { drops.append("\($0): \($2.rawValue)") }, isUsable: usable)
        return (tokens.mapValues(\.token), drops)
    }

    private func keep(_ token: AccessToken, of profile: String = "default", replacing old: UInt64? = nil) async {
        let before = kept.names.count
        #expect(kept.store.keep(token, of: profile, fingerprint: "f", key: "k", replacing: old))
        let name = "token-\(profile)-\(token.generation)"
        await eventually("it is stored") { kept.names.contains(name) && (old == nil || kept.names.count == before) }
    }

    private func memfd(_ bytes: [UInt8]) -> CInt {
        let descriptor = clinux_memfd("test")
        _ = write(descriptor, bytes, bytes.count)
        return descriptor
    }

    @Test("tokens come back as they were kept, each profile its own")
    func roundTrip() async {
        let (one, two) = (AccessToken.sample("one"), AccessToken.sample("two", generation: 9))
        await keep(one)
        await keep(two, of: "a.b-c")
        let (tokens, drops) = takeBack { $0.fingerprint == "f" ? nil : .otherCredentials }
        #expect(tokens == ["default": one, "a.b-c": two])
        #expect(drops.isEmpty && kept.removals.isEmpty)
    }

    @Test("the next generation takes the place of the one before")
    func replaced() async {
        await keep(.sample("one"))
        await keep(.sample("two", generation: 2), replacing: 1)
        #expect(kept.names == ["token-default-2"])
        #expect(takeBack().tokens["default"]?.value == Secret("two"))
    }

    @Test("of two generations the newest is taken and the other removed", arguments: [[1, 2], [2, 1], [3, 1, 2]])
    func generations(order: [UInt64]) async {
        for generation in order { await keep(.sample("token-\(generation)", generation: generation)) }
        let newest = order.max() ?? 0
        #expect(takeBack().tokens["default"]?.generation == newest)
        await eventually("the others are removed") { kept.names == ["token-default-\(newest)"] }
    }

    @Test("a crash between adding and removing loses nothing: what is kept is read again and again")
    func again() async {
        await keep(.sample("one"))
        for _ in 0..<3 { #expect(takeBack().tokens["default"]?.value == Secret("one")) }
    }

    @Test(
        "a token that cannot be used is not taken back: it is reported and removed",
        arguments: [StoredTokenError.expired, .unknownProfile, .otherCredentials])
    func unusable(problem: StoredTokenError) async {
        await keep(.sample("one"))
        let (tokens, drops) = takeBack { _ in problem }
        #expect(tokens.isEmpty && drops == ["token-default-1: \(problem.rawValue)"])
        await eventually("it is removed") { kept.names.isEmpty }
    }

    @Test(
        "what is not sealed, not ours or not a file is reported and removed",
        arguments: [
            "open", "empty", "garbage", "renamed", "other boot", "pipe", "directory",
        ])
    func foreign(kind: String) async {
        let bootID = kind == "other boot" ? "0" : BootID.current() ?? ""
        let good = sealed(StoredToken(profile: "p", token: .sample(), bootID: bootID, fingerprint: "f"))
        let descriptor =
            switch kind {
            case "open": memfd(good)
            case "empty": kept.sealedFile([]) ?? -1
            case "garbage": kept.sealedFile(Array("garbage".utf8)) ?? -1
            case "pipe": pipeEnd()
            case "directory": open("/", O_RDONLY | O_CLOEXEC)
            default: kept.sealedFile(good) ?? -1
            }
        kept.add(descriptor, name: kind == "renamed" ? "token-q-1" : "token-p-1")
        close(descriptor)
        let (tokens, drops) = takeBack()
        #expect(tokens.isEmpty && drops.count == 1)
        await eventually("it is removed") { kept.names.isEmpty }
    }

    @Test("the same file, sealed and under its own name, is taken back")
    func counterpart() throws {
        let good = StoredToken(profile: "p", token: .sample(), bootID: BootID.current() ?? "", fingerprint: "f")
        let descriptor = try #require(kept.sealedFile(sealed(good)))
        kept.add(descriptor, name: "token-p-1")
        close(descriptor)
        #expect(takeBack().tokens.count == 1)
    }

    @Test("a token that the kernel has no memfd for is not stored, says so, and leaves the one before alone")
    func outOfDescriptors() async {
        await keep(.sample("one"))
        kept.setOutOfDescriptors(true)
        let store = kept.store
        #expect(!store.keep(.sample("two", generation: 2), of: "default", fingerprint: "f", key: "k", replacing: 1))
        store.flush()
        #expect(kept.names == ["token-default-1"])
    }

    @Test("without the boot's id nothing is kept, and nothing is taken back")
    func noBootID() async {
        await keep(.sample("one"))
        let store = kept.store(bootID: nil)
        #expect(!store.isAvailable)
        #expect(!store.keep(.sample(), of: "other", fingerprint: "f", key: "k", replacing: nil))
        var problems: [StoredTokenError] = []
        let tokens = store.takeBack(kept.handOver(), onDrop: { problems.append($2) }, isUsable: { _ in nil })
        #expect(tokens.isEmpty && problems == [.otherBoot])
        store.flush()
        #expect(kept.names.isEmpty)
    }

    @Test("what is kept cannot be changed any more")
    func sealed() async throws {
        await keep(.sample("one"))
        let entry = try #require(kept.handOver().first)
        defer { close(entry.descriptor) }
        #expect(clinux_is_sealed(entry.descriptor))
        #expect(write(entry.descriptor, "x", 1) < 0 && errno == EPERM)
        #expect(ftruncate(entry.descriptor, 0) < 0 && errno == EPERM)
    }

    private func sealed(_ token: StoredToken) -> [UInt8] { Checksum.added(to: token.encoded()) }

    private func pipeEnd() -> CInt {
        var ends: [CInt] = [-1, -1]
        _ = pipe(&ends)
        close(ends[1])
        return ends[0]
    }
}
