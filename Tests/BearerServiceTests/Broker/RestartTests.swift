import AuthServerSimulator
import BearerCore
import Glibc
import TestSupport
import Testing

@testable import BearerService
@testable import BearerState

/// One broker after the other, with a disk that takes nothing and systemd that keeps descriptors.
@Suite(
    "A restart with a disk that takes nothing", .timeLimit(.minutes(1)),
    .enabled(if: Mount.isPermitted, "SKIPPED: only root with CAP_SYS_ADMIN can mount the disks that fail"))
struct RestartTests {
    private let mount: Mount
    private let kept = TestStore()
    private var setup = BrokerSetup()

    init() async throws {
        mount = try Mount(size: "256k")
        setup.state = mount.directory
        setup.kept = kept
        setup.server = try await AuthServerSimulator.start(setup.simulator)
        try #require(mount.remount(readOnly: true))
    }

    private var unsavedNames: [String] { kept.names.filter { $0.hasPrefix("unsaved-") }.sorted() }

    @Test("one registration and one token over all restarts, and everything on disk once it takes it")
    func credentials() async throws {
        var tokens: Set<String> = []
        for _ in 0..<3 {
            try await withBroker(setup) { test in
                await eventually("there is a token") { await test.broker.tokenCount == 1 }
                tokens.insert(await test.broker.token()?.text ?? "none")
                await eventually("it is not written") { test.log.events.contains(.stateNotDurable) }
                #expect(await !test.broker.isStateDurable())
            }
            #expect(unsavedNames.map { $0.prefix(20) } == ["unsaved-credentials-", "unsaved-history-defa"])
        }
        #expect(tokens.count == 1)
        try #require(mount.remount(readOnly: false))
        for _ in 0..<2 {
            try await withBroker(setup) { test in
                await eventually("it is written") { await test.broker.isStateDurable() }
                #expect(!test.log.events.contains(.stateNotDurable))
                await eventually("only the token is kept") { test.kept.names == ["token-default-1"] }
                #expect(test.registrations == 1 && test.tokenRequests == 1)
            }
        }
        await setup.server?.shutdown()
    }

    @Test("unanswered registrations are remembered, and the fourth waits")
    func history() async throws {
        setup.server?.script(.register, [], then: .status(500))
        for restart in 1...5 {
            try await withBroker(setup) { test in
                await eventually("it is sent or held") {
                    test.log.events.contains(.registrationFailed) || test.log.events.contains(.registrationHeld)
                }
                await eventually("it is over") { await !test.broker.isRegistering() }
                #expect(test.registrations == min(restart, 3))
            }
        }
        await setup.server?.shutdown()
    }

    @Test("what belongs to another statement by now is written to its place and serves again")
    func otherStatement() async throws {
        try await withBroker(setup) { test in
            await eventually("there is a token") { await test.broker.tokenCount == 1 }
        }
        try #require(mount.remount(readOnly: false))
        var other = setup
        other.profiles = { [try .sample(server: $0, statement: "bmV3.bmV3.bmV3")] }
        for (setup, registrations) in [(other, 2), (setup, 2)] {
            try await withBroker(setup) { test in
                await eventually("there is a token") { await test.broker.tokenCount == 1 }
                #expect(test.registrations == registrations)
                await eventually("only the token is kept") { test.kept.names.count == 1 }
            }
        }
        await setup.server?.shutdown()
    }

    @Test("what belongs to another statement stays in the store while the disk takes nothing")
    func otherStatementReadOnly() async throws {
        try await withBroker(setup) { test in
            await eventually("there is a token") { await test.broker.tokenCount == 1 }
        }
        let kept = Set(unsavedNames)
        var other = setup
        other.profiles = { [try .sample("other", server: $0, statement: "bmV3.bmV3.bmV3")] }
        try await withBroker(other) { test in
            await eventually("there is a token") { await test.broker.tokenCount == 1 }
            #expect(test.log.entries(of: .stateWarning).count == 2)
        }
        #expect(kept.count == 2 && kept.isSubset(of: unsavedNames))
        try await withBroker(setup) { test in
            await eventually("there is a token") { await test.broker.tokenCount == 1 }
            #expect(test.registrations == 2)
        }
        await setup.server?.shutdown()
    }

    @Test("a memfd of credentials that was damaged is reported and dropped, and the profile registers")
    func damaged() async throws {
        let store = TestStore()
        let stranger = try #require(store.sealedFile(Array("x".utf8)))
        store.add(stranger, name: "unsaved-credentials-default-1")
        var setup = setup
        setup.kept = store
        try await withBroker(setup) { test in
            await eventually("there is a token") { await test.broker.tokenCount == 1 }
            #expect(test.log.entries(of: .storedTokenDropped).count == 1)
            #expect(test.registrations == 1)
        }
        await setup.server?.shutdown()
    }

    @Test("without systemd, and with the intent unwritten, the second registration already waits")
    func withoutStore() async throws {
        var setup = setup
        setup.kept = .off()
        setup.server?.script(.register, [], then: .status(500))
        try await withBroker(setup) { test in
            await eventually("it is not answered") { await test.broker.failures() == 1 }
            await test.live(.seconds(50), step: .seconds(5))
            #expect(test.registrations == 1)
            #expect(test.log.entries(of: .registrationHeld).count == 1)
            await test.live(.seconds(30), step: .seconds(5))
            #expect(test.registrations == 2)
        }
        await setup.server?.shutdown()
    }
}

/// A disk that takes the history and not the credentials, and no systemd.
@Suite("Credentials in memory alone", .timeLimit(.minutes(1))) struct CredentialsAtRiskTests {
    private var setup = BrokerSetup()
    private let file: String

    init() async throws {
        let server = try await AuthServerSimulator.start(setup.simulator)
        setup.server = server
        setup.kept = .off()
        file = "default/client-\(try ResolvedProfile.sample(server: server.baseURL).storedKey.fileIdentifier).json"
    }

    /// A directory in the place of the file, from after the start on.
    private func obstruct(_ test: TestBroker) {
        mkdir("\(test.state.path)/default", 0o700)
        mkdir("\(test.state.path)/\(file)", 0o700)
    }

    private func makeRoom() {
        rmdir("\(setup.state.path)/\(file)")
    }

    @Test("after a restart that loses them the next registration waits")
    func lost() async throws {
        try await withBroker(setup, prepare: obstruct) { test in
            await eventually("there is a token") { await test.broker.tokenCount == 1 }
            await eventually("it is over") { await !test.broker.isRegistering() }
            #expect(test.log.entries(of: .stateNotDurable).count == 1)
        }
        makeRoom()
        try await withBroker(setup) { test in
            await eventually("it waits") { test.log.events.contains(.registrationHeld) }
            #expect(test.registrations == 1)
        }
        await setup.server?.shutdown()
    }

    @Test("once they are on disk nothing waits")
    func written() async throws {
        try await withBroker(setup, prepare: obstruct) { test in
            await eventually("there is a token") { await test.broker.tokenCount == 1 }
            await eventually("it is over") { await !test.broker.isRegistering() }
            #expect(await test.broker.hold() > .zero)
            makeRoom()
            await test.advance(by: .seconds(31))
            await eventually("it is written") { await test.broker.isStateDurable() }
            await eventually("nothing waits") { await test.broker.hold() == .zero }
        }
        await setup.server?.shutdown()
    }
}
