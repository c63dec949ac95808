internal import BearerCore
internal import BearerState

/// What an operator should know of a profile's registration: entries for the journal, computed from what is known.
struct RegistrationAdvice {
    let profile: String
    let server: String
    let registration: ResolvedRegistration
    let credentials: ClientCredentials?
    /// When they were registered, seconds since 1970.
    var registeredAt: Int64?
    /// See ``LoadedProfile/otherCredentials``.
    var otherCredentials: OtherCredentials?

    /// What is known before anything is asked upstream, and deserves a look.
    ///
    /// - Parameter now: seconds since 1970.
    func atStart(now: Int64) -> [JournalEntry] {
        let warnings = StatementClaims(registration.statement)?.warnings(server: server, at: now) ?? []
        return warnings.map { entry(.statementWarning, $0) } + [anotherRegistration, missingScopes].compactMap { $0 }
    }

    private var anotherRegistration: JournalEntry? {
        otherCredentials.map { credentials == nil ? registersAnew(insteadOf: $0) : serves(insteadOf: $0) }
    }

    private func registersAnew(insteadOf other: OtherCredentials) -> JournalEntry {
        let isServerNew = other.server != server
        let found =
            isServerNew ? "for \(server), but for \(other.server)" : "for this software statement, but for another"
        let undo =
            isServerNew
            ? "change environment or server back, and reload" : "put that statement back, and \(registration.taking)"
        return entry(
            .registersAnew,
            "there are no client credentials \(found); it registers anew, and viewers who signed in before have to sign in "
                + "again; the old credentials stay in \(other.path): \(undo), and they serve again", [.path: other.path]
        )
    }

    private func serves(insteadOf other: OtherCredentials) -> JournalEntry {
        let time = registeredAt.map { " of \(ClockReading.wallText(ofUnixTime: $0))" } ?? ""
        let owner = other.server != server ? other.server : "another software statement"
        return entry(
            .earlierCredentials,
            "the client credentials\(time) serve, since they are for this software statement and \(server); newer ones, for "
                + "\(owner), stay in \(other.path)", [.path: other.path])
    }

    /// The scopes that the registration should have and does not have.
    var missing: [String] { credentials?.missingScopes(of: registration.expectedScopes) ?? [] }

    var missingScopes: JournalEntry? {
        guard let credentials, !missing.isEmpty else { return nil }
        let found = credentials.scopes.flatMap { $0.isEmpty ? nil : $0.joined(separator: ", ") } ?? "no scope"
        return entry(
            .scopeMissing,
            "the registration has \(found), and not \(missing.joined(separator: ", ")), which expect_scopes names: APIs that "
                + "need it answer 401 to every token; if programs of this host need it, the profile needs the software "
                + "statement of an application that has the scope, and registers anew with it, which signs all viewers out; "
                + "if not, take it out of expect_scopes")
    }

    /// The statement and the scopes of the registration, in a few words; `nil` when neither is known.
    var text: String? {
        let statement = StatementClaims(registration.statement)?.text.map { "software statement \($0)" }
        let scopes = credentials?.scopes.map { $0.isEmpty ? "no scopes" : "scopes \($0.joined(separator: ", "))" }
        let known = [statement, scopes].compactMap { $0 }
        return known.isEmpty ? nil : known.joined(separator: "; ")
    }

    private func entry(
        _ event: JournalEvent, _ message: String, _ fields: [JournalField: String] = [:]
    ) -> JournalEntry {
        JournalEntry(event, "\(profile): \(message)", fields.merging([.profile: profile]) { $1 })
    }
}
