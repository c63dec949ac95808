package import BearerCore
internal import BearerJSON

/// One line of a client: what it asks for, and the `id` by which it will know the answer.
package struct Request: Sendable, Equatable {
    package var id: RequestID?
    package var operation: Operation

    package init(id: RequestID? = nil, _ operation: Operation) {
        self.id = id
        self.operation = operation
    }

    /// Bytes that are kept of it while it waits for its reply.
    package var heldBytes: Int {
        let rejected = if case .renew(let renewal) = operation { renewal.rejected.count } else { 0 }
        return (id?.json.utf8.count ?? 0) + rejected
    }
}

/// What a client can ask for. A profile of nil is the one named `default`, else the only one.
package enum Operation: Sendable, Equatable {
    case token(TokenRequest)
    case renew(RenewRequest)
    case watch(profile: String?)
    /// A profile of nil is every visible one.
    case status(profile: String?)
    case ping
    case reload
    /// New credentials; without `force` nothing may be replaced.
    case register(profile: String?, force: Bool)
    /// The client credentials, for other hosts.
    case export(profile: String?)
}

/// Asks for the current token.
package struct TokenRequest: Sendable, Equatable {
    package var profile: String?
    /// How long the token must still last; whole seconds, not negative.
    package var minimumValidity: Duration
    /// How long to wait for a token; whole seconds, 0–300.
    package var wait: Duration

    /// The `wait` of a client that does not say.
    package static let defaultWait = Duration.seconds(10)

    package init(profile: String? = nil, minimumValidity: Duration = .zero, wait: Duration = defaultWait) {
        self.profile = profile
        self.minimumValidity = minimumValidity
        self.wait = wait
    }
}

/// Says that an API turned a token down, and asks for another.
package struct RenewRequest: Sendable, Equatable {
    package var profile: String?
    /// The token that an API rejected.
    package var rejected: Secret
    /// How long to wait for another; whole seconds, 0–300.
    package var wait: Duration

    package init(profile: String? = nil, rejected: Secret, wait: Duration = TokenRequest.defaultWait) {
        self.profile = profile
        self.rejected = rejected
        self.wait = wait
    }
}

/// The `id` of a request: a string or an integer of any size, echoed byte by byte as it was sent.
package struct RequestID: Sendable {
    /// The JSON as sent, escapes and double quotes included.
    package let json: String

    /// An id that is an integer.
    package init(_ number: Int64) {
        json = String(number)
    }

    /// An id that is a string.
    package init(_ text: String) {
        json = String(decoding: JSONValue.string(text).encoded, as: UTF8.self)
    }

    /// Takes what was read as a string or an integer.
    init(checked json: String) {
        self.json = json
    }
}

extension RequestID: Equatable {
    /// `"a"` and `"\u0061"` are different: each is echoed as sent.
    package static func == (left: RequestID, right: RequestID) -> Bool {
        left.json.utf8.elementsEqual(right.json.utf8)
    }
}

extension Request {
    /// Appends the request as a line, its ending included. What has its default value is left out.
    package func encode(into output: inout [UInt8]) {
        output.appendLine(id: id) { json in
            json.member("op", "\(operation.name.name)")
            operation.writeMembers(to: &json)
        }
    }
}

extension Operation {
    fileprivate var name: OperationName {
        switch self {
        case .token: .token
        case .renew: .renew
        case .watch: .watch
        case .status: .status
        case .ping: .ping
        case .reload: .reload
        case .register: .register
        case .export: .export
        }
    }

    fileprivate func writeMembers(to json: inout JSONWriter) {
        switch self {
        case .token(let request):
            write(profile: request.profile, to: &json)
            let minimumValidity = request.minimumValidity.components.seconds
            if minimumValidity != 0 { json.member("min_valid", minimumValidity) }
            write(wait: request.wait, to: &json)
        case .renew(let request):
            json.key("rejected")
            request.rejected.withBytes { json.string(utf8: $0) }
            write(profile: request.profile, to: &json)
            write(wait: request.wait, to: &json)
        case .watch(let profile), .status(let profile), .export(let profile): write(profile: profile, to: &json)
        case .ping, .reload: break
        case .register(let profile, let force):
            write(profile: profile, to: &json)
            if force { json.member("force", true) }
        }
    }

    private func write(profile: String?, to json: inout JSONWriter) {
        if let profile { json.member("profile", profile) }
    }

    private func write(wait: Duration, to json: inout JSONWriter) {
        if wait != TokenRequest.defaultWait { json.member("wait", wait.components.seconds) }
    }
}
