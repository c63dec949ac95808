internal import BearerCore
internal import BearerJSON

/// The JSON object that each of our files is: format version, whom it belongs to, and its own fields.
struct Record {
    /// The format that we write and read.
    static let version: Int64 = 1

    private var members: [String: JSONValue] = [:]
    private var secrets: [String: Secret] = [:]

    /// Reads a record. The strings under `secretFields` go from the bytes straight into ``Secret``.
    init(_ contents: Secret, secretFields: Set<String> = []) throws(StateError.FileProblem) {
        do throws(JSONError) {
            try contents.withBytes { bytes throws(JSONError) in try read(bytes, secretFields) }
        } catch {
            throw .malformed(error)
        }
        let found = try integer("version")
        if found > Self.version { throw .newerVersion(found) }
        guard found == Self.version else { throw .invalidField("version") }
    }

    private mutating func read(_ bytes: UnsafeRawBufferPointer, _ secretFields: Set<String>) throws(JSONError) {
        var reader = JSONReader(bytes)
        try reader.readMembers { (key, reader) throws(JSONError) in
            let name = key.string
            if secretFields.contains(name) {
                secrets[name] = Secret(try reader.readString())
            } else {
                members[name] = try reader.readValue()
            }
        }
        try reader.finish()
    }

    /// Refuses a record that was written for something else.
    func check(belongsTo key: CredentialKey) throws(StateError.FileProblem) {
        for (field, expected) in key.fields {
            let found = try string(field)
            guard found == expected else {
                throw .belongsElsewhere(field: field, found: String(found.prefix(100)), expected: expected)
            }
        }
    }

    func string(_ field: String) throws(StateError.FileProblem) -> String {
        guard let text = members[field]?.string, !text.isEmpty else { throw .invalidField(field) }
        return text
    }

    func secret(_ field: String) throws(StateError.FileProblem) -> Secret {
        guard let secret = secrets[field], !secret.isEmpty else { throw .invalidField(field) }
        return secret
    }

    func integer(_ field: String) throws(StateError.FileProblem) -> Int64 {
        let number = try signedInteger(field)
        guard number >= 0 else { throw .invalidField(field) }
        return number
    }

    /// A number that may be negative, as times are where the clock has only just begun at 1970.
    func signedInteger(_ field: String) throws(StateError.FileProblem) -> Int64 {
        guard let number = members[field]?.wholeNumber else { throw .invalidField(field) }
        return number
    }

    func strings(_ field: String) throws(StateError.FileProblem) -> [String] {
        guard let elements = members[field]?.array else { throw .invalidField(field) }
        let texts = elements.compactMap(\.string)
        guard texts.count == elements.count else { throw .invalidField(field) }
        return texts
    }

    /// The value that `read` finds, or `nil` when the field is missing or null.
    func optional<Value>(
        _ field: String, _ read: (String) throws(StateError.FileProblem) -> Value
    ) throws(StateError.FileProblem) -> Value? {
        guard let member = members[field], member != .null else { return nil }
        return try read(field)
    }

    /// The bytes of a file: version and owner first, then what `fields` writes. A caller that puts a secret into it wipes
    /// the result; `capacity` must then hold everything, so that no copy is left behind by growing.
    static func encoded(
        for key: CredentialKey, capacity: Int = 1_024, fields: (inout JSONWriter) -> Void
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(capacity)
        bytes.appendJSON { writer in
            writer.object { writer in
                writer.member("version", version)
                for (field, value) in key.fields { writer.member(field, value) }
                fields(&writer)
            }
        }
        bytes.append(UInt8(ascii: "\n"))
        return bytes
    }
}
