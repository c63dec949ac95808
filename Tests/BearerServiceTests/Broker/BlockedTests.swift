import AuthServerSimulator
import BearerCore
import BearerProtocol
import Glibc
import TestSupport
import Testing

@testable import BearerService
@testable import BearerState

/// Files that cannot be used at a start, with a token in the store.
@Suite("blocked profiles", .timeLimit(.minutes(1))) struct BlockedTests {
    private var setup = BrokerSetup()
    private let file: String

    init() async throws {
        setup.simulator = SimulatorConfiguration(throttle: nil, tokenLifetime: 3600)
        let server = try await AuthServerSimulator.start(setup.simulator)
        setup.server = server
        setup.kept = TestStore()
        file = "default/client-\(try ResolvedProfile.sample(server: server.baseURL).storedKey.fileIdentifier).json"
        try await withBroker(setup) { test in
            await eventually("there is a token") { await test.broker.tokenCount == 1 }
        }
    }

    @Test("damaged credentials: the token is served to its end, then the profile is refused; the file stays as it is")
    func damaged() async throws {
        setup.state.write("{broken".utf8, to: file)
        try await withBroker(setup) { test in
            let client = try await test.connect()
            _ = try await client.ask(#"{"op":"token"}"#).token()
            #expect(await test.broker.state() == .degraded)
            let watcher = try await test.connect()
            _ = try await watcher.ask(#"{"op":"watch"}"#).token()
            await test.advance(by: .seconds(3590))
            _ = try await client.ask(#"{"op":"token"}"#).token()
            #expect(test.kept.names == ["token-default-1"])
            await test.advance(by: .seconds(10))
            #expect(try await client.ask(#"{"op":"token"}"#).error().code == .registrationRefused)
            #expect(try await watcher.reply().error().code == .registrationRefused)
            #expect(await test.broker.state() == .refused)
            await eventually("nothing is kept") { test.kept.names.isEmpty }
            #expect(test.registrations == 1 && test.tokenRequests == 1)
            #expect(test.log.entries(of: .profileBlocked).count == 1)
        }
        #expect(setup.state.read(file) == Array("{broken".utf8))
        await setup.server?.shutdown()
    }

    @Test("a reload goes on with the token, whether the file is still damaged or fixed")
    func reloaded() async throws {
        let sound = try #require(setup.state.read(file))
        setup.state.write("{broken".utf8, to: file)
        try await withBroker(setup) { test in
            let root = try await test.connect(as: .root)
            test.reloads.prepare([try .sample(server: test.server.baseURL)])
            _ = try await root.line(after: #"{"op":"reload"}"#)
            _ = try await root.ask(#"{"op":"token"}"#).token()
            setup.state.write(sound, to: file)
            _ = try await root.line(after: #"{"op":"reload"}"#)
            _ = try await root.ask(#"{"op":"token"}"#).token()
            #expect(await test.broker.state() == .ready)
            #expect(test.kept.names == ["token-default-1"])
            #expect(test.registrations == 1 && test.tokenRequests == 1)
        }
        await setup.server?.shutdown()
    }

    @Test("another statement's token is not served in place of one that cannot be read")
    func otherStatement() async throws {
        let server = try #require(setup.server)
        let other = try ResolvedProfile.sample(server: server.baseURL, statement: "bmV3.bmV3.bmV3")
        var setup = setup
        setup.profiles = { _ in [other] }
        setup.state.write("{broken".utf8, to: "default/client-\(try other.storedKey.fileIdentifier).json")
        try await withBroker(setup) { test in
            let client = try await test.connect()
            #expect(try await client.ask(#"{"op":"token"}"#).error().code == .registrationRefused)
        }
        await server.shutdown()
    }

    @Test(
        "an error that passes is reported once, and the profile goes on by itself, with the token that it had",
        .enabled(if: Mount.isPermitted, "SKIPPED: only root with CAP_SYS_ADMIN can mount a file that fails"))
    func passing() async throws {
        let path = "\(setup.state.path)/\(file)"
        let sound = setup.state.read(file)
        // To read it from the beginning is EIO.
        try #require(Command.run("/bin/mount", "--bind", "/proc/\(getpid())/mem", path) == 0)
        defer { Command.run("/bin/umount", "-l", path) }
        try await withBroker(setup) { test in
            let client = try await test.connect()
            _ = try await client.ask(#"{"op":"token"}"#).token()
            for _ in 0..<3 { await test.advance(by: .seconds(31)) }
            #expect(await test.broker.state() == .degraded)
            #expect(test.log.entries(of: .profileBlocked).count == 1)
            Command.run("/bin/umount", "-l", path)
            await eventually("it goes on") {
                await test.advance(by: .seconds(31))
                return await test.broker.state() == .ready
            }
            #expect(test.log.entries(of: .profileUnblocked).count == 1)
            _ = try await client.ask(#"{"op":"token"}"#).token()
            #expect(await test.broker.generation() == 1)
            #expect(test.kept.names == ["token-default-1"])
            await test.advance(by: .seconds(1801))
            await eventually("it is renewed") { await test.broker.generation() == 2 }
            #expect(test.registrations == 1 && setup.state.read(file) == sound)
        }
        await setup.server?.shutdown()
    }

    @Test(
        "a retry that a reload has overtaken does not bring the settings before it back",
        .enabled(if: Mount.isPermitted, "SKIPPED: only root with CAP_SYS_ADMIN can mount a file that fails"))
    func overtakenRetry() async throws {
        let path = "\(setup.state.path)/\(file)"
        try #require(Command.run("/bin/mount", "--bind", "/proc/\(getpid())/mem", path) == 0)
        defer { Command.run("/bin/umount", "-l", path) }
        try await withBroker(setup) { test in
            let (client, root) = (try await test.connect(), try await test.connect(as: .root))
            _ = try await client.ask(#"{"op":"token"}"#).token()
            Command.run("/bin/umount", "-l", path)
            let gate = await test.holdDisk()
            let narrowed = AccessPolicy(users: [4321])
            test.reloads.prepare([try .sample(server: test.server.baseURL, access: narrowed)])
            root.send(#"{"op":"reload"}"#)
            // The reload reads the files first, then the retry, which began with the settings of before.
            try await test.turns(50)
            await test.advance(by: .seconds(31))
            try await test.turns(50)
            gate.signal()
            _ = try await root.reply()
            await eventually("the files were read again") { await test.broker.state() == .ready }
            try await test.turns(20)
            #expect(try await client.ask(#"{"op":"token"}"#).error().code == .accessDenied)
        }
        await setup.server?.shutdown()
    }
}
