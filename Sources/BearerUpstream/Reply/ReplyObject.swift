internal import BearerCore
internal import BearerJSON

/// The JSON object of a reply. Texts go from the body straight into ``Secret``: any of them may be one.
struct ReplyObject {
    enum Member: Equatable {
        case text(Secret)
        case other(JSONValue)
    }

    /// Why a body is no JSON object. Says nothing of its content.
    enum Malformed: Error, Equatable {
        case invalidJSON(offset: Int)
        case anotherKind(JSONKind)
    }

    private var members: [String: Member] = [:]

    subscript(name: String) -> Member? { members[name] }

    init(parsing body: Secret) throws(Malformed) {
        let outcome = body.withBytes { bytes in
            Result { () throws(Malformed) in try Self.read(bytes) }
        }
        members = try outcome.get()
    }

    private static func read(_ bytes: UnsafeRawBufferPointer) throws(Malformed) -> [String: Member] {
        var reader = JSONReader(bytes)
        do {
            let kind = try reader.peek()
            guard kind == .object else { throw Malformed.anotherKind(kind) }
            let members = try readMembers(&reader)
            try reader.finish()
            return members
        } catch let error as JSONError {
            throw .invalidJSON(offset: error.offset)
        } catch let error as Malformed {
            throw error
        } catch {
            throw .invalidJSON(offset: 0)
        }
    }

    private static func readMembers(_ reader: inout JSONReader) throws(JSONError) -> [String: Member] {
        var members: [String: Member] = [:]
        try reader.beginObject()
        while let key = try reader.nextKey() {
            let name = key.string
            guard members[name] == nil else { throw JSONError(offset: reader.offset, problem: "repeated key") }
            if try reader.peek() == .string {
                members[name] = .text(Secret(try reader.readString()))
            } else {
                members[name] = .other(try reader.readValue())
            }
        }
        return members
    }
}

extension ReplyObject.Member {
    /// For what is no secret.
    var publicText: String? {
        guard case .text(let text) = self else { return nil }
        return text.withBytes { String(decoding: $0, as: UTF8.self) }
    }

    /// What it is, for messages: `a number`, `a string`, …
    var kind: JSONKind {
        switch self {
        case .text: .string
        case .other(let value): value.kind
        }
    }
}

/// What is wrong with a member of a reply: found, expected, never its content.
struct ReplyProblem: Error, Equatable {
    let detail: String

    init(_ detail: String) {
        self.detail = detail
    }
}
