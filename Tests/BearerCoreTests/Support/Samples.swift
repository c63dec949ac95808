import BearerCore

extension TokenGrant {
    /// A token that lasts `seconds`.
    static func lasting(_ seconds: Double, value: String = "token") -> TokenGrant {
        TokenGrant(value: Secret(value), lifetime: .seconds(seconds))
    }
}

extension ExchangeFailure {
    static let unreachable = ExchangeFailure(.notConnected, detail: "connection refused")
    static let timedOut = ExchangeFailure(.timedOut, detail: "no reply within 15 s", isUnanswered: true)
    static let unavailable = ExchangeFailure(.status(503), detail: "status 503")

    /// A gateway's word for an answer that it never got.
    static let badGateway = ExchangeFailure(.status(502), detail: "status 502", isUnanswered: true)

    static func oauth(_ error: OAuthError) -> ExchangeFailure {
        ExchangeFailure(.oauth(error), detail: error.rawValue)
    }

    static func throttled(retryAfter: Double?) -> ExchangeFailure {
        ExchangeFailure(.status(429), detail: "status 429", retryAfter: retryAfter.map { .seconds($0) })
    }
}

extension LifecycleAction {
    static func sendToken(_ id: UInt64) -> LifecycleAction {
        .send(Exchange(id: id, kind: .token))
    }

    static func sendRegistration(_ id: UInt64, replacing: Bool = false) -> LifecycleAction {
        .send(Exchange(id: id, kind: .registration(replacing: replacing)))
    }

    static func obtained(_ generation: UInt64, lifetime: Double, renewal: Double) -> LifecycleAction {
        .report(.tokenObtained(generation: generation, lifetime: .seconds(lifetime), renewal: .at(renewal)))
    }
}

extension TokenLifecycle {
    /// A lifecycle that renews at exactly half of a token's life, so that times in the tables are round.
    static func sample(
        hasCredentials: Bool = true, origin: CredentialsOrigin = .registration(.automatic),
        history: RegistrationHistory = RegistrationHistory()
    ) -> TokenLifecycle {
        TokenLifecycle(
            renewal: RenewalPolicy(at: 0.5, jitter: 0), origin: origin, hasCredentials: hasCredentials,
            history: history)
    }
}
