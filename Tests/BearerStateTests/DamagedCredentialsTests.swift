import BearerCore
import BearerJSON
import Glibc
import TestSupport
import Testing

@testable import BearerState

@Suite struct DamagedCredentialsTests {
    let state: ExampleState

    init() throws {
        state = try ExampleState()
        try state.store.save(.example())
    }

    private var good: String {
        String(decoding: state.temporary.read(state.credentialsFile) ?? [], as: UTF8.self)
    }

    /// Loads, expects the problem, and expects that the file was not touched.
    private func expect(_ problem: StateError.FileProblem, from content: String) {
        state.temporary.write(content.utf8, to: state.credentialsFile)
        let error = #expect(throws: StateError.unusableFile(path: state.store.path, problem)) { try state.store.load() }
        #expect(error.map { "\($0)".contains(StoredCredentials.canary) } == false)
        let isUntouched = state.temporary.read(state.credentialsFile) == Array(content.utf8)
        #expect(isUntouched)
    }

    static let substitutions: [(String, String, StateError.FileProblem)] = [
        (#""version":1"#, #""version":2"#, .newerVersion(2)),
        (#""version":1"#, #""version":2,"shape":[{"new":1}]"#, .newerVersion(2)),
        (#""version":1"#, #""version":0"#, .invalidField("version")),
        (#""version":1"#, #""version":"1""#, .invalidField("version")),
        (#""version":1"#, #""Version":1"#, .invalidField("version")),
        (
            #""profile":"default""#, #""profile":"other""#,
            .belongsElsewhere(field: "profile", found: "other", expected: "default")
        ),
        (
            "https://sp.auth.adobe.com", "https://evil.example",
            .belongsElsewhere(field: "server", found: "https://evil.example", expected: "https://sp.auth.adobe.com")
        ),
        (#""profile":"default""#, #""profile":null"#, .invalidField("profile")),
        (#""client_id":"client-1""#, #""client_id":17"#, .invalidField("client_id")),
        (#""client_id":"client-1""#, #""client_id":"""#, .invalidField("client_id")),
        (#""client_secret":"canary-7f3a""#, #""client_secret":"""#, .invalidField("client_secret")),
        (#""client_secret":"#, #""Client_secret":"#, .invalidField("client_secret")),
        (#""registered_at":1700000000"#, #""registered_at":1700000000.5"#, .invalidField("registered_at")),
        (#""registered_at":1700000000"#, #""registered_at":-1"#, .invalidField("registered_at")),
        (#""client_id_issued_at":1699999999"#, #""client_id_issued_at":"now""#, .invalidField("client_id_issued_at")),
    ]

    @Test("each wrong field has its own message, and the file is left as it is", arguments: substitutions)
    func wrongField(original: String, replacement: String, problem: StateError.FileProblem) throws {
        let parts = good.components(around: original)
        try #require(parts.count == 2)
        expect(problem, from: parts[0] + replacement + parts[1])
    }

    @Test("the credentials of another statement are refused")
    func otherStatement() throws {
        let other = try CredentialKey.example(statement: "efgh.efgh.efgh")
        let content = good
        state.temporary.write(content.utf8, to: state.relative(state.directory.credentials(for: other).path))
        #expect(throws: StateError.self) { try state.directory.credentials(for: other).load() }
    }

    @Test("what a message repeats of a file does nothing to a terminal")
    func foreignCharacters() {
        let problem = StateError.FileProblem.belongsElsewhere(
            field: "server", found: "a\u{1B}[2J\nb\u{202E}", expected: "https://sp.auth.adobe.com")
        #expect(
            problem.finding
                == #"written for the server "a\u{1b}[2J\nb\u{202e}", expected https://sp.auth.adobe.com"#)
    }

    @Test("an empty file is called empty")
    func empty() {
        expect(.empty, from: "")
    }

    @Test("a file far too large is not read")
    func tooLarge() {
        expect(.tooLarge, from: String(repeating: " ", count: StateFile.limit + 1))
    }

    @Test("a file that ends early is refused wherever it ends")
    func truncated() {
        let whole = Array(good.utf8)
        for count in 1..<(whole.count - 1) {
            state.temporary.write(whole.prefix(count), to: state.credentialsFile)
            let error = #expect(throws: StateError.self) { try state.store.load() }
            #expect(error.map { "\($0)".contains(StoredCredentials.canary) } == false)
        }
    }

    @Test("what is no JSON object is refused", arguments: ["null", "[]", "{}x", "\0\0\0\0", "{\"a\":1,\"a\":2}"])
    func malformed(content: String) {
        state.temporary.write(content.utf8, to: state.credentialsFile)
        let error = #expect(throws: StateError.self) { try state.store.load() }
        guard case .unusableFile(_, .malformed) = error else {
            Issue.record("found \(String(describing: error))")
            return
        }
    }

    @Test("a repeated secret is refused")
    func repeatedSecret() {
        let twice = good.components(around: "\"client_id\"").joined(separator: "\"client_secret\":\"x\",\"client_id\"")
        state.temporary.write(twice.utf8, to: state.credentialsFile)
        #expect(throws: StateError.self) { try state.store.load() }
    }

    static let impostors: [(String, StateError.FileProblem)] = [
        ("ln -s /etc/hostname", .symbolicLink), ("ln -s nowhere", .symbolicLink),
        ("mkdir", .notARegularFile), ("mkfifo", .notARegularFile),
    ]

    @Test("what is not a regular file is refused and left alone", arguments: impostors)
    func impostor(command: String, problem: StateError.FileProblem) {
        unlink(state.store.path)
        #expect(Command.run("/bin/sh", "-c", "\(command) \(state.store.path)") == 0)
        #expect(throws: StateError.unusableFile(path: state.store.path, problem)) { try state.store.load() }
        #expect(state.temporary.mode(of: state.credentialsFile) != nil)
    }

    @Test("a file of somebody else is refused", .enabled(if: geteuid() == 0, "only root can give it away"))
    func foreignOwner() {
        chown(state.store.path, 12_345, 12_345)
        let problem = StateError.FileProblem.foreignOwner(uid: 12_345, expected: 0)
        #expect(throws: StateError.unusableFile(path: state.store.path, problem)) { try state.store.load() }
    }

    @Test("a file that we may not read is refused", .enabled(if: geteuid() != 0, "root may read everything"))
    func unreadable() {
        chmod(state.store.path, 0)
        let problem = StateError.FileProblem.unreadable(errno: EACCES)
        #expect(throws: StateError.unusableFile(path: state.store.path, problem)) { try state.store.load() }
    }

    @Test(
        "random damage never traps, and is refused or leaves everything that matters as it was",
        arguments: UInt64(0)..<40)
    func mutations(seed: UInt64) throws {
        var random = LinearGenerator(state: seed)
        let whole = Array(good.utf8)
        for _ in 0..<25 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            state.temporary.write(bytes, to: state.credentialsFile)
            guard let loaded = try? state.store.load() else { continue }
            #expect(loaded != .absent)
        }
    }
}

extension String {
    /// The text before the first `separator`, and the text after it; the whole when there is none.
    fileprivate func components(around separator: String) -> [String] {
        for index in indices where self[index...].hasPrefix(separator) {
            return [String(self[..<index]), String(self[index...].dropFirst(separator.count))]
        }
        return [self]
    }
}

/// Numbers that can be repeated: the multiplier of Knuth's MMIX.
private struct LinearGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state.byteSwapped ^ state >> 32
    }
}
