package import BearerCore
internal import BearerJSON
internal import Glibc

/// An authorization server, and what each request tells it of this host.
package struct UpstreamServer: Sendable {
    /// The base URL; the endpoint's path is appended.
    package let baseURL: String
    /// The value of `X-Device-Info`, see ``DeviceInfo``.
    package let deviceInfo: String
    /// Instead of `bearerd/<version>`.
    package let userAgent: String?

    package init(_ baseURL: String, deviceInfo: String, userAgent: String? = nil) {
        self.baseURL = baseURL
        self.deviceInfo = deviceInfo
        self.userAgent = userAgent
    }
}

/// Talks to authorization servers: one POST per call, no retry, no redirect, no connection kept.
///
/// A token's life counts from *sending*: read the clocks right before calling ``requestToken(with:at:)``. The time that
/// connecting takes then only makes the expiry earlier.
package final class UpstreamClient: Sendable {
    private let thread: CurlThread
    private let options: TransferOptions
    private let userAgent: String
    private let wallClock: @Sendable () -> Duration

    /// Reads the file of certificate authorities, if one is configured.
    package init(configuration: UpstreamConfiguration) throws(UpstreamConfigurationError) {
        options = TransferOptions(
            limits: configuration.limits, proxy: configuration.proxy,
            authorities: try configuration.trust.certificates())
        userAgent = "bearerd/\(configuration.version)"
        wallClock = configuration.wallClock
        thread = CurlThread(options)
    }

    /// Registers the application: `POST /o/client/register`, RFC 7591 section 3.
    ///
    /// A failure whose `isUnanswered` is true may have cost a registration: no answer came, or one that leaves open
    /// whether the registration was made.
    ///
    /// - Parameter statement: the software statement, a compact JWS.
    package func register(
        _ statement: Secret, redirectURI: String? = nil, at server: UpstreamServer
    ) async throws(ExchangeFailure) -> ClientCredentials {
        let body = RequestBody.registration(statement, redirectURI: redirectURI)
        return try await post(body, to: .register, of: server) { reply, now throws(ExchangeFailure) in
            try RegistrationResponse.credentials(in: reply, now: now)
        }
    }

    /// Obtains a token with the client credentials: `POST /o/client/token`, RFC 6749 section 4.4.
    package func requestToken(
        with credentials: ClientCredentials, at server: UpstreamServer
    ) async throws(ExchangeFailure) -> TokenGrant {
        try await post(RequestBody.token(credentials), to: .token, of: server) { reply, now throws(ExchangeFailure) in
            try TokenResponse.grant(in: reply, now: now)
        }
    }

    /// Ends exchanges in flight, which then fail, as do later ones.
    package func shutdown() {
        thread.shutDown()
    }

    /// Has a reply read, as soon as a status has arrived, whatever became of the body; fails when none did. The thread of
    /// the transfers reads it, so that it holds nobody else up.
    private func post<Value: Sendable>(
        _ body: Secret, to endpoint: Endpoint, of server: UpstreamServer,
        _ read: @escaping @Sendable (HTTPReply, _ now: Duration) throws(ExchangeFailure) -> Value
    ) async throws(ExchangeFailure) -> Value {
        let request = OutgoingRequest(
            server: server, endpoint: endpoint, userAgent: server.userAgent ?? userAgent, body: body)
        let proxy = request.isLoopback ? nil : options.proxy
        let failure = TransportFailure(
            server: request.authority,
            peer: proxy.map { "the proxy \($0.authority)" } ?? request.authority,
            limits: options.limits)
        let wallClock = wallClock
        let result = await thread.perform(request) { end in
            Result { () throws(ExchangeFailure) in
                guard let reply = end.reply else { throw failure.classify(end) }
                return try read(reply, wallClock())
            }
        }
        return try result.get()
    }
}

/// A POST to one of the two endpoints. What is secret in it is in the body, never in the URL.
struct OutgoingRequest: Sendable {
    let server: UpstreamServer
    let endpoint: Endpoint
    let userAgent: String
    let body: Secret

    var url: String {
        let base = server.baseURL
        return (base.hasSuffix("/") ? String(base.dropLast()) : base) + endpoint.path
    }

    /// `host` or `host:port` of the server, for messages.
    var authority: String {
        let afterScheme = server.baseURL.split(separator: "//", maxSplits: 1).last ?? ""
        return String(afterScheme.prefix { $0 != "/" && $0 != "?" })
    }

    /// With the brackets of an IPv6 address.
    var host: String {
        guard let end = authority.lastIndex(of: ":"), port != nil else { return authority }
        return String(authority[..<end])
    }

    var port: Int? {
        authority.lastIndex(of: ":").flatMap { UInt16(authority[authority.index(after: $0)...]) }.map(Int.init)
    }

    /// Whether the server is on this host, by its address or the name `localhost`.
    var isLoopback: Bool {
        var address = in_addr()
        if inet_pton(AF_INET, host, &address) == 1 { return UInt32(bigEndian: address.s_addr) >> 24 == 127 }
        return host == "localhost" || host == "[::1]"
    }

    /// What the documentation of both endpoints asks for, to the letter.
    var headerLines: [String] {
        let json = "application/json;charset=utf-8"
        let contentType = endpoint == .register ? json : "application/x-www-form-urlencoded"
        return [
            "Content-Type: \(contentType)", "Accept: \(json)", "X-Device-Info: \(server.deviceInfo)",
            "User-Agent: \(userAgent)",
        ]
    }
}

/// What is sent to the endpoints. Written into a room that is large enough from the start: one that grows would leave copies
/// behind.
private enum RequestBody {
    /// RFC 7591 section 3.1.1.
    static func registration(_ statement: Secret, redirectURI: String?) -> Secret {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(2 * statement.count + 6 * (redirectURI?.utf8.count ?? 0) + 64)
        bytes.appendJSON { json in
            json.object { json in
                json.key("software_statement")
                statement.withBytes { json.string(utf8: $0) }
                if let redirectURI { json.member("redirect_uri", redirectURI) }
            }
        }
        return Secret(wiping: &bytes)
    }

    /// RFC 6749 section 4.4.2.
    static func token(_ credentials: ClientCredentials) -> Secret {
        var form = FormEncoding(reserving: 3 * (credentials.clientID.utf8.count + credentials.clientSecret.count) + 64)
        form.append("client_id", credentials.clientID.utf8)
        credentials.clientSecret.withBytes { form.append("client_secret", $0) }
        form.append("grant_type", "client_credentials".utf8)
        return Secret(wiping: &form.bytes)
    }
}

/// `application/x-www-form-urlencoded`; RFC 6749 appendix B and the URL standard's serializer.
struct FormEncoding {
    var bytes: [UInt8] = []

    init(reserving count: Int = 0) {
        bytes.reserveCapacity(count)
    }

    /// Appends a field. The name is written as it is.
    mutating func append(_ name: StaticString, _ value: some Sequence<UInt8>) {
        if !bytes.isEmpty { bytes.append(UInt8(ascii: "&")) }
        name.withUTF8Buffer { bytes += $0 }
        bytes.append(UInt8(ascii: "="))
        for byte in value { append(byte) }
    }

    private mutating func append(_ byte: UInt8) {
        switch byte {
        case _ where ASCII.isLetter(byte) || ASCII.isDigit(byte) || "*-._".utf8.contains(byte):
            bytes.append(byte)
        case UInt8(ascii: " "):
            bytes.append(UInt8(ascii: "+"))
        default:
            bytes.append(UInt8(ascii: "%"))
            bytes.append(Self.digit(byte >> 4))
            bytes.append(Self.digit(byte & 15))
        }
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
    }
}
