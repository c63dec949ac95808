internal import BearerCore
internal import BearerState

/// What an operator should know of a profile's registration: entries for the journal, computed from what is known.
struct RegistrationAdvice {
    let profile: String
    let server: String
    let registration: ResolvedRegistration
    let credentials: ClientCredentials?
    /// See ``LoadedProfile/formerCredentials``.
    var formerCredentials: String?

    /// What is known before anything is asked upstream, and deserves a look.
    ///
    /// - Parameter now: seconds since 1970.
    func atStart(now: Int64) -> [JournalEntry] {
        let warnings = StatementClaims(registration.statement)?.warnings(server: server, at: now) ?? []
        return warnings.map { entry(.statementWarning, $0) } + [registersAnew, missingScopes].compactMap { $0 }
    }

    private var registersAnew: JournalEntry? {
        formerCredentials.map { path in
            entry(
                .registersAnew,
                "there are no client credentials of this software statement, and it registers anew: viewers who signed in "
                    + "before have to sign in again; with the statement before and a reload, \(path) serves again",
                [.path: path])
        }
    }

    var missingScopes: JournalEntry? {
        guard let credentials, case let missing = credentials.missingScopes(of: registration.expectedScopes),
            !missing.isEmpty
        else { return nil }
        let found = credentials.scopes.flatMap { $0.isEmpty ? nil : $0.joined(separator: ", ") } ?? "no scope"
        return entry(
            .scopeMissing,
            "the registration has \(found), and not \(missing.joined(separator: ", ")), which expect_scopes names: APIs that "
                + "need it answer 401 to every token; assign the scope to the application at Adobe")
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
