import BearerCore
import Glibc
import TestSupport
import Testing

@testable import BearerState
@testable import BearerUpstream

@Suite("UnsavedStore", .timeLimit(.minutes(1))) struct UnsavedStoreTests {
    private let kept = TestStore()

    private func entry(
        _ number: UInt64 = 1, profile: String = "default", unanswered: Int = 1
    ) throws -> UnsavedStore.Entry {
        let record = RegistrationRecord(unanswered: unanswered, lastIntentAt: 5)
        return UnsavedStore.Entry(
            file: UnsavedFile(key: try .example(profile: profile), contents: .history(record)), number: number)
    }

    /// What a new process gets back, and the names of what it drops.
    private func takeBack() -> (entries: [UnsavedStore.Entry], drops: [String]) {
        var drops: [String] = []
        let entries = kept.unsaved.takeBack(kept.handOver()) { name, problem in drops.append("\(name): \(problem)") }
        kept.unsaved.flush()
        return (entries, drops)
    }

    private func keep(_ entry: UnsavedStore.Entry, replacing old: UnsavedStore.Entry? = nil) {
        let store = kept.unsaved
        #expect(store.keep(entry, replacing: old))
        store.flush()
    }

    @Test("the next takes the place of the one before, and goes when it is on disk")
    func replaced() throws {
        let (first, second) = (try entry(1), try entry(2, unanswered: 2))
        keep(first)
        keep(second, replacing: first)
        #expect(kept.names == ["unsaved-history-default-2"])
        #expect(takeBack().entries == [second])
        let store = kept.unsaved
        store.forget(second)
        store.flush()
        #expect(kept.names.isEmpty)
    }

    @Test("of two the newest is taken and the other removed", arguments: [[1, 2], [2, 1], [3, 1, 2]] as [[UInt64]])
    func newest(order: [UInt64]) async throws {
        for number in order { keep(try entry(number, unanswered: Int(number))) }
        let newest = order.max() ?? 0
        #expect(takeBack().entries == [try entry(newest, unanswered: Int(newest))])
        await eventually("the others are removed") { kept.names == ["unsaved-history-default-\(newest)"] }
    }

    @Test("its names cannot be those of tokens, whatever the profile is called")
    func names() throws {
        for profile in ["token", "token-default-1", "history-1", "a-1"] {
            let entry = try entry(profile: profile)
            keep(entry)
            #expect(takeBack().entries.contains(entry))
        }
        #expect(kept.names.allSatisfy { UnsavedStore.isName($0) && !$0.hasPrefix("token-") })
        #expect(!UnsavedStore.isName("token-unsaved-history-1"))
    }

    @Test(
        "what is damaged, renamed or not sealed is reported and removed",
        arguments: ["changed", "cut", "renamed", "credentials", "unnumbered", "foreign profile", "open"])
    func foreign(kind: String) async throws {
        let file = try entry().file
        var bytes = Checksum.added(to: file.encoded())
        switch kind {
        case "changed": bytes[bytes.count / 2] ^= 1
        case "cut": bytes.removeLast(9)
        case "foreign profile":
            let text = String(decoding: file.encoded(), as: UTF8.self)
            let parts = text.split(separator: "\"default\"", omittingEmptySubsequences: false)
            bytes = Checksum.added(to: Array(parts.joined(separator: "\"../../etc\"").utf8))
        default: break
        }
        let descriptor =
            kind == "open" ? open("/dev/null", O_RDONLY | O_CLOEXEC) : try #require(kept.sealedFile(bytes))
        let name =
            switch kind {
            case "renamed": "unsaved-history-other-1"
            case "credentials": "unsaved-credentials-default-1"
            case "unnumbered": "unsaved-history-default"
            case "foreign profile": "unsaved-history-../../etc-1"
            default: "unsaved-history-default-1"
            }
        kept.add(descriptor, name: name)
        close(descriptor)
        let (entries, drops) = takeBack()
        #expect(entries.isEmpty && drops.count == 1)
        await eventually("it is removed") { kept.names.isEmpty }
    }

    @Test("the same file, sealed and under its own name, is taken back")
    func counterpart() throws {
        let descriptor = try #require(kept.sealedFile(Checksum.added(to: try entry().file.encoded())))
        kept.add(descriptor, name: "unsaved-history-default-1")
        close(descriptor)
        #expect(takeBack().entries == [try entry()])
    }

    @Test("credentials of any reply that is accepted come back equal, and so do their tokens")
    func replies() throws {
        var random = SeededGenerator(seed: 5)
        for number in 1...UInt64(100) {
            let key = try CredentialKey.example()
            let credentials = try RegistrationResponse.credentials(in: .registration(using: &random), now: .zero)
            let file = UnsavedFile(
                key: key, contents: .credentials(StoredCredentials(credentials: credentials, registeredAt: 0)))
            let entry = UnsavedStore.Entry(file: file, number: number)
            keep(entry)
            #expect(takeBack().entries == [entry])
            kept.unsaved.forget(entry)

            let grant = try TokenResponse.grant(in: .token(using: &random), now: .zero)
            let wall = random.chance(4) ? 0 : Int64.random(in: 0...4_000_000_000_000_000_000, using: &random)
            let stored = StoredToken(
                profile: "default",
                token: AccessToken(
                    grant: grant, generation: random.chance(4) ? 1 << 53 : number,
                    requestedAt: ClockReading(
                        boot: .nanoseconds(.random(in: 0...1_000_000_000_000_000_000, using: &random)),
                        wall: .nanoseconds(wall))),
                bootID: "b",
                fingerprint: StoredToken.fingerprint(server: key.server, credentials: credentials),
                key: random.chance(2) ? nil : key.fileIdentifier)
            #expect(try StoredToken(Secret(stored.encoded())) == stored)
        }
    }
}

extension HTTPReply {
    fileprivate static func registration(using random: inout SeededGenerator) -> HTTPReply {
        let issuedAt =
            ["", ",\"client_id_issued_at\":0", ",\"client_id_issued_at\":\(Int64.max)"]
            + ["-1", "\(Int64.min)", "1e300", "1.5", "\"now\"", "null"].map { ",\"client_id_issued_at\":\($0)" }
        let id = text(Array(0x20...0x7E), upTo: 1_024, using: &random)
        let secret = text(Array(0x20...0x7E), upTo: 4_096, using: &random)
        return json(
            "{\"client_id\":\"\(id)\",\"client_secret\":\"\(secret)\"\(issuedAt.randomElement(using: &random) ?? "")}")
    }

    fileprivate static func token(using random: inout SeededGenerator) -> HTTPReply {
        let token = text(Array("azAZ09-._~+/".utf8), upTo: 8_192, using: &random)
        let lifetimes = ["1", "2", "86400", "2592000", "2592001", "\(Int64.max)", "1e300", "\"21600\""]
        let lifetime = lifetimes.randomElement(using: &random) ?? "2"
        return json("{\"access_token\":\"\(token)\",\"token_type\":\"Bearer\",\"expires_in\":\(lifetime)}")
    }

    /// As the inside of a JSON string.
    private static func text(_ alphabet: [UInt8], upTo limit: Int, using random: inout SeededGenerator) -> String {
        let size = [1, limit, Int.random(in: 1...limit, using: &random)].randomElement(using: &random) ?? 1
        return (0..<size).map { _ in
            let byte = alphabet.randomElement(using: &random) ?? 0x41
            return [0x22, 0x5C].contains(byte) ? "\\" + String(UnicodeScalar(byte)) : String(UnicodeScalar(byte))
        }.joined()
    }

    private static func json(_ text: String) -> HTTPReply {
        HTTPReply(status: 201, contentType: "application/json", body: .whole(Secret(text)))
    }
}
