import AuthServerSimulator
import BearerCore
import BearerProtocol
import TestSupport
import Testing

@testable import BearerService

extension ClientCredentials {
    /// Those that a host of its own registers with `server`, and exports.
    static func registered(with server: AuthServerSimulator) async throws -> ClientCredentials {
        var setup = BrokerSetup()
        setup.server = server
        var exported: ExportReply?
        try await withBroker(setup) { test in
            await eventually("it is registered") { await test.broker.clientID() != nil }
            exported = try await test.connect(as: .root).export()
        }
        let reply = try #require(exported)
        return ClientCredentials(clientID: reply.clientID, clientSecret: reply.clientSecret, issuedAt: nil)
    }

    /// Some that no server knows.
    static let unknown = ClientCredentials(clientID: "nobody", clientSecret: Secret("canary-secret"), issuedAt: nil)
}

extension TestClient {
    /// Sends `export`, and reads what must be its reply.
    func export(_ request: String = #"{"op":"export"}"#) async throws -> ExportReply {
        let line = Array(try await line(after: request).utf8)
        return try #require(line.withUnsafeBytes { ExportReply(line: $0) })
    }
}
