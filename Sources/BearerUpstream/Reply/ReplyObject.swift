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

/// What of a server's words may appear in a message: too short and too plain to be a secret.
enum SafeWord {
    /// The media type of `Content-Type` without its parameters, or a content coding.
    static func mediaType(_ header: String) -> String? {
        let type = header.prefix { $0 != ";" && $0 != " " }
        return word(type, upTo: 40) { ASCII.isLetter($0) || ASCII.isDigit($0) || "/+-.".utf8.contains($0) }
    }

    /// An error code as RFC 6749 writes them: small letters and underscores.
    static func errorCode(_ text: String) -> String? {
        word(text, upTo: 40) { ASCII.isSmallLetter($0) || $0 == UInt8(ascii: "_") }
    }

    /// A number as JSON writes it.
    static func number(_ text: String) -> String? {
        word(text, upTo: 24) { ASCII.isDigit($0) || "+-.eE".utf8.contains($0) }
    }

    private static func word(_ text: some StringProtocol, upTo limit: Int, of isAllowed: (UInt8) -> Bool) -> String? {
        1...limit ~= text.utf8.count && text.utf8.allSatisfy(isAllowed) ? String(text) : nil
    }
}
