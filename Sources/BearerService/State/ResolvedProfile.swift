internal import BearerConfiguration
internal import BearerCore
internal import BearerState
internal import BearerUpstream

/// A profile's configuration, resolved: names are numbers, what it asks the server with is read, the device is described.
struct ResolvedProfile: Sendable {
    let name: String
    /// Base URL of the authorization server.
    var server: String
    var client: ResolvedClient
    /// The value of `X-Device-Info`.
    var deviceInfo: String
    var userAgent: String?
    var renewal: RenewalPolicy
    /// `nil`: whoever can open the socket.
    var access: AccessPolicy?

    /// What the profile registers with; `nil` where its client credentials are given.
    var registration: ResolvedRegistration? {
        if case .registration(let registration) = client { registration } else { nil }
    }

    /// The client credentials that the profile is given; `nil` where it registers.
    var given: GivenCredentials? {
        if case .given(let given) = client { given } else { nil }
    }

    var origin: CredentialsOrigin {
        registration.map { .registration($0.reregister) } ?? .given
    }

    /// The systemd credential that it asks the server with; `nil` where that is a file.
    var credential: String? {
        if case .credential(let name) = registration?.source ?? given?.source { return name }
        return nil
    }

    /// What the profile's stored credentials belong to; `nil` where they are given: then nothing of them is stored.
    var key: CredentialKey? {
        registration.map { CredentialKey(profile: name, server: server, statement: $0.statement) }
    }

    /// Whom it asks, and what it says of this host.
    var upstream: UpstreamServer { UpstreamServer(server, deviceInfo: deviceInfo, userAgent: userAgent) }
}

/// How a profile comes by its client credentials.
enum ResolvedClient: Sendable {
    /// This host registers.
    case registration(ResolvedRegistration)
    /// They are of a registration elsewhere.
    case given(GivenCredentials)
}

/// What a profile registers with.
struct ResolvedRegistration: Sendable {
    var statement: SoftwareStatement
    var redirectURI: String?
    var reregister = Reregistration.automatic
    /// The registration should have these.
    var expectedScopes: [String] = []
    /// Where the statement was found.
    var source: SecretSource?

    /// How another statement is taken.
    var taking: String { source?.taking ?? "reload" }
}

extension SecretSource {
    /// How the daemon takes what was put in the place of this. systemd hands a credential over at a start only.
    var taking: String {
        switch self {
        case .file: "reload"
        case .credential: "restart bearerd"
        }
    }
}

/// Client credentials that a profile is given, and where they were found.
struct GivenCredentials: Sendable {
    let credentials: ClientCredentials
    let source: SecretSource

    init(_ credentials: ClientCredentials, from source: SecretSource) {
        self.credentials = credentials
        self.source = source
    }

    /// Where they were found, for messages.
    var place: String { source.place }

    /// How to put others in their place.
    var replacement: String {
        "export the client credentials again on the host that registered (bearerctl export), put them in the place of those in "
            + "\(place), and \(source.taking)"
    }
}

/// What a profile's token and stored credentials rest on: where a reload changes it, the profile begins anew.
enum ProfileBasis: Hashable {
    case registration(CredentialKey)
    /// The credentials may be replaced without an interruption, see ``TokenLifecycle``.
    case given(server: String)
}

extension ResolvedProfile {
    var basis: ProfileBasis { key.map(ProfileBasis.registration) ?? .given(server: server) }

    /// Whether the profile is given its credentials, and others by `new`.
    func isGivenOthers(by new: ResolvedProfile) -> Bool {
        guard let given, let next = new.given else { return false }
        return given.credentials != next.credentials
    }
}
