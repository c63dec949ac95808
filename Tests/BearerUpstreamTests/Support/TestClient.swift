import BearerCore
import TestSupport

@testable import BearerUpstream

/// Requests with recognizable secrets, and a client for the time of a test.
enum TestClient {
    static let statement = "eyJhbGciOiJSUzI1NiJ9.c3RhdGVtZW50.c2lnbmF0dXJl"
    static let clientSecret = "s3cret/+& =~ä"
    static let secrets = [statement, clientSecret, "s3cret"]

    static let credentials = ClientCredentials(clientID: "id-1", clientSecret: Secret(clientSecret), issuedAt: nil)

    static func with<Result>(
        _ configuration: UpstreamConfiguration = UpstreamConfiguration(version: "1.2.3"),
        _ body: (UpstreamClient) async throws -> Result
    ) async throws -> Result {
        let client = try UpstreamClient(configuration: configuration)
        let result = await Swift.Result { try await body(client) }
        client.shutdown()
        return try result.get()
    }

    /// What registering at `server` fails with; nil if it succeeds.
    static func registrationFailure(
        at server: String,
        _ configuration: UpstreamConfiguration = UpstreamConfiguration(version: "1.2.3")
    ) async throws -> ExchangeFailure? {
        try await with(configuration) { client in
            do throws(ExchangeFailure) {
                try await client.register(at: server)
                return nil
            } catch {
                return error
            }
        }
    }

    /// What asking `server` for a token fails with; nil if it succeeds.
    static func tokenFailure(
        at server: String,
        _ configuration: UpstreamConfiguration = UpstreamConfiguration(version: "1.2.3")
    ) async throws -> ExchangeFailure? {
        try await with(configuration) { client in
            do throws(ExchangeFailure) {
                try await client.requestToken(at: server)
                return nil
            } catch {
                return error
            }
        }
    }
}

extension UpstreamServer {
    static func test(_ baseURL: String, userAgent: String? = nil) -> UpstreamServer {
        UpstreamServer(baseURL, deviceInfo: "eyJtb2RlbCI6IlRlc3QifQ==", userAgent: userAgent)
    }
}

extension UpstreamClient {
    @discardableResult
    func register(at server: String) async throws(ExchangeFailure) -> ClientCredentials {
        try await register(
            Secret(TestClient.statement), redirectURI: "adobepass://com.programmer", at: .test(server))
    }

    @discardableResult
    func requestToken(at server: String, userAgent: String? = nil) async throws(ExchangeFailure) -> TokenGrant {
        try await requestToken(with: TestClient.credentials, at: .test(server, userAgent: userAgent))
    }
}

extension UpstreamConfiguration {
    static func limited(
        connect: Duration = .seconds(5), exchange: Duration = .seconds(15), bodyBytes: Int = 65_536
    ) -> UpstreamConfiguration {
        UpstreamConfiguration(
            version: "1.2.3",
            limits: UpstreamLimits(connect: connect, exchange: exchange, bodyBytes: bodyBytes))
    }
}
