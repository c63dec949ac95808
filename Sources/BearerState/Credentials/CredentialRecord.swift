internal import BearerCore
internal import BearerJSON

/// Stored credentials as a file.
struct CredentialRecord {
    let stored: StoredCredentials
    /// Of the machine that registered, if it had one.
    let machineID: MachineID?

    /// The field that must not become a `String`.
    static let secretField = Field.clientSecret

    private enum Field {
        static let clientID = "client_id"
        static let clientSecret = "client_secret"
        static let issuedAt = "client_id_issued_at"
        static let registeredAt = "registered_at"
        static let machineID = "machine_id_sha256"
    }

    init(_ stored: StoredCredentials, machineID: MachineID?) {
        self.stored = stored
        self.machineID = machineID
    }

    init(_ contents: Secret, of key: CredentialKey) throws(StateError.FileProblem) {
        let record = try Record(contents, secretFields: [Self.secretField])
        try record.check(belongsTo: key)
        let credentials = ClientCredentials(
            clientID: try record.string(Field.clientID),
            clientSecret: try record.secret(Field.clientSecret),
            issuedAt: try record.optional(Field.issuedAt, record.integer))
        stored = StoredCredentials(credentials: credentials, registeredAt: try record.integer(Field.registeredAt))
        machineID = try record.optional(Field.machineID, record.string).map(MachineID.init(hash:))
    }

    /// The bytes of the file, to be wiped.
    func encoded(for key: CredentialKey) -> [UInt8] {
        let credentials = stored.credentials
        // An escape takes six bytes at most, and the server's name and the rest fit beside it.
        let capacity = 6 * (credentials.clientSecret.count + credentials.clientID.utf8.count) + 4_096
        return Record.encoded(for: key, capacity: capacity) { writer in
            writer.member(Field.clientID, credentials.clientID)
            writer.key(Field.clientSecret)
            credentials.clientSecret.withBytes { writer.string(utf8: $0) }
            if let issuedAt = credentials.issuedAt { writer.member(Field.issuedAt, issuedAt) }
            writer.member(Field.registeredAt, stored.registeredAt)
            if let machineID { writer.member(Field.machineID, machineID.hash) }
        }
    }
}
