import AuthServerSimulator
import BearerConfiguration
import BearerCore
import BearerProtocol
import TestSupport
import Testing

@testable import BearerService

@Suite("Secrets", .serialized, .timeLimit(.minutes(1))) struct SecrecyTests {
    @Test("no journal entry of a whole run holds a token, a client secret or a statement")
    func wholeLife() async throws {
        var setup = BrokerSetup()
        setup.configuration.audit = true
        setup.simulator.tokenLifetime = 3600
        setup.profiles = { [try .sample(server: $0, access: AccessPolicy(users: [1000]))] }
        try await withBroker(setup) { test in
            let client = try await test.connect()
            let root = try await test.connect(as: .root)
            var secrets = [Canary.statement]
            secrets.append(try await client.ask(#"{"op":"token"}"#).token().token.text)
            _ = try await test.connect(as: .user(9)).ask(#"{"op":"token"}"#)
            _ = try await test.load(systemdAddress("a.service", "access_token")).rest()
            _ = try await client.ask(#"{"op":"token","profile":"\#(secrets[1])"}"#)
            _ = try await client.ask(#"{"op":"\#(secrets[1])"}"#)
            for fault in [Fault.status(503), .html, .body(#"{"access_token":"canary-in-a-reply","expires_in":0}"#)] {
                let failures = await test.broker.failures()
                test.server.script(.token, [fault])
                await test.advance(by: .seconds(3700))
                await eventually("it fails") { await test.broker.failures() > failures }
            }
            secrets.append("canary-in-a-reply")
            test.server.script(.token, [])
            await test.advance(by: .seconds(400))
            secrets.append(try await client.ask(#"{"op":"token","wait":20}"#).token().token.text)
            _ = try await root.line(after: #"{"op":"register","force":true}"#)
            secrets.append(try await client.ask(#"{"op":"token"}"#).token().token.text)
            for name in test.state.names(in: "default") {
                secrets += clientSecrets(in: test.state.read("default/\(name)") ?? [])
            }
            #expect(secrets.count >= 7)
            let text = test.log.text
            for secret in secrets { #expect(!text.contains(secret)) }
            #expect(!text.contains("canary"))
            #expect(Set(test.log.events).isSuperset(of: [.registered, .tokenObtained, .renewalFailed, .recovered]))
        }
    }

    private func clientSecrets(in file: [UInt8]) -> [String] {
        let text = String(decoding: file, as: UTF8.self)
        let parts = text.split(separator: "\"", omittingEmptySubsequences: true).map(String.init)
        return parts.indices.dropLast(2).filter { parts[$0] == "client_secret" }.map { parts[$0 + 2] }
    }
}
