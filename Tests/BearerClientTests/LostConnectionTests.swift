import BearerProtocol
import TestSupport
import Testing

@testable import BearerClient

@Suite("A connection that ends before the reply", .timeLimit(.minutes(1)))
struct LostConnectionTests {
    @Test("is made once more, and the same is asked", arguments: ["", #"{"access_token":"ab"#])
    func once(text: String) async throws {
        let peer = try ScriptedPeer(.read, .send(text), .close, .read, .send(tokenLine("abc")))
        #expect(try await Bearerd(socket: peer.socket).token().value == "abc")
        #expect(await peer.all() == [.read(askForToken), .read(askForToken), .done])
    }

    @Test("before the request was read, too")
    func unread() async throws {
        let peer = try ScriptedPeer(.send(""), .close, .read, .send(tokenLine("abc")))
        #expect(try await Bearerd(socket: peer.socket).token().value == "abc")
        #expect(await peer.all() == [.read(askForToken), .done])
    }

    @Test("twice is an error; there is no third time")
    func twice() async throws {
        let peer = try ScriptedPeer(.read, .close, .read, .close, .read, .send(tokenLine("abc")))
        let bearerd = Bearerd(socket: peer.socket)
        await #expect(throws: BearerError.connectionLost) { try await bearerd.token() }
        #expect(try await bearerd.token().value == "abc")
    }

    @Test("renew is asked for once more: the daemon compares")
    func renew() async throws {
        let peer = try ScriptedPeer(.read, .close, .read, .send(tokenLine("new")))
        let old = BearerToken("old", expiresIn: .seconds(1), expiresAt: 0)
        #expect(try await Bearerd(socket: peer.socket).renew(rejected: old).value == "new")
    }

    @Test("register is not asked for once more: each time would be a registration")
    func register() async throws {
        let peer = try ScriptedPeer(.read, .close, .read, .send(tokenLine("abc")))
        let bearerd = Bearerd(socket: peer.socket)
        await #expect(throws: BearerError.connectionLost) {
            try await bearerd.reply(to: .register(profile: nil, force: true))
        }
        _ = try await bearerd.token()
        #expect(
            await peer.all() == [.read(#"{"op":"register","force":true}"#), .read(askForToken), .done])
    }

    @Test("nobody listens at the second time")
    func gone() async throws {
        let peer = try ScriptedPeer(.read, .close)
        do throws(BearerError) {
            _ = try await Bearerd(socket: peer.socket).token()
            Issue.record("a token came")
        } catch {
            // Between its close and the end of its listening the peer may have taken the second connection in.
            guard error == .connectionLost || error.isUnavailable else { throw error }
        }
    }

    @Test("no socket, a path that is too long, and something in the way")
    func noDaemon() async throws {
        let directory = TemporaryDirectory()
        let file = directory.makeSocketFile()
        for path in ["\(directory.path)/none", String(repeating: "x", count: 200), file, "\(file)/x"] {
            do throws(BearerError) {
                try await Bearerd(socket: path).ping()
                Issue.record("an answer from \(path)")
            } catch {
                #expect(error.isUnavailable && error.description.hasPrefix(path))
            }
        }
    }
}

extension BearerError {
    fileprivate var isUnavailable: Bool {
        if case .unavailable = self { true } else { false }
    }
}
