import BearerCore
import TestSupport

@testable import BearerState

extension CredentialKey {
    static func example(
        profile: String = "default", server: String = "https://sp.auth.adobe.com", statement: String = "abcd.abcd.abcd"
    ) throws -> CredentialKey {
        CredentialKey(profile: profile, server: server, statement: try SoftwareStatement(cleaning: Secret(statement)))
    }
}

extension StoredCredentials {
    static let canary = "canary-7f3a"

    static func example(id: String = "client-1", secret: String = canary, at time: Int64 = 1_700_000_000) -> Self {
        StoredCredentials(
            credentials: ClientCredentials(
                clientID: id, clientSecret: Secret(secret), issuedAt: time - 1,
                scopes: ["api:client:v2", "config:client"]),
            registeredAt: time)
    }
}

extension LoadedCredentials {
    var stored: StoredCredentials? {
        if case .present(let stored, _) = self { stored } else { nil }
    }

    var warnings: [StateWarning] {
        if case .present(_, let warnings) = self { warnings } else { [] }
    }
}

/// A state directory in a temporary one, with the files of one key.
struct ExampleState {
    let temporary = TemporaryDirectory()
    let key: CredentialKey
    let directory: StateDirectory

    init(machineIDPath: String = "/nonexistent") throws {
        key = try CredentialKey.example()
        directory = try StateDirectory.open(path: temporary.path, machineIDPath: machineIDPath)
    }

    var store: CredentialStore { directory.credentials(for: key) }
    var history: RegistrationHistoryStore { directory.history(for: key) }

    /// Relative to the temporary directory.
    var credentialsFile: String { relative(store.path) }
    var historyFile: String { relative(history.path) }

    func relative(_ path: String) -> String { String(path.dropFirst(temporary.path.count + 1)) }
}
