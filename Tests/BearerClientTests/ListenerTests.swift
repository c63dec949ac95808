import BearerProtocol
import Glibc
import Testing

@testable import BearerClient

@Suite("The user that listens on the socket", .timeLimit(.minutes(1)))
struct ListenerTests {
    private static let deadline = ContinuousClock.now + .seconds(20)
    private static let request = Request(.ping)

    @Test("the user that is expected is asked")
    func expected() async throws {
        let peer = try ScriptedPeer(.read, .send("1\n"), .close, .read, .send("2\n"))
        let place = SocketPlace(path: peer.socket, listener: geteuid())
        let first = try await LineConnection.open(place, sending: Self.request, until: Self.deadline)
        #expect(try await first.next() == Array("1".utf8))
        #expect(try BlockingConnection(place, sending: Self.request, until: Self.deadline).next() == Array("2".utf8))
    }

    @Test("another is not: it does not see the request")
    func another() async throws {
        let peer = try ScriptedPeer(.read, .close, .read)
        let user = geteuid()
        let place = SocketPlace(path: peer.socket, listener: user + 1)
        let error = BearerError.unavailable(
            socket: peer.socket, reason: "user \(user) listens there, and only user \(user + 1) is believed")
        await #expect(throws: error) {
            try await LineConnection.open(place, sending: Self.request, until: Self.deadline)
        }
        #expect(throws: error) { try BlockingConnection(place, sending: Self.request, until: Self.deadline) }
        #expect(await peer.all() == [.read(""), .read(""), .done])
    }
}
