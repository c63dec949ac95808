internal import BearerCore
internal import BearerJSON

/// What one pass over a line finds: the members, in whatever order, and the first thing wrong with them.
///
/// Problems are noted rather than thrown, so that an `id` behind them is still found and echoed.
struct RequestFields {
    private(set) var seen = RequestKeys()
    private(set) var id: RequestID?
    private(set) var operation: OperationName?
    private(set) var profile: String?
    private(set) var minimumValidity: Int64?
    private(set) var wait: Int64?
    private(set) var rejected: Secret?
    private(set) var force: Bool?
    /// The first key that no operation knows.
    private(set) var unknownKey: String?
    /// The first other problem.
    private(set) var problem: String?

    mutating func read(_ line: UnsafeRawBufferPointer) throws(JSONError) {
        var reader = JSONReader(line)
        try reader.beginObject()
        while let text = try reader.nextKey() {
            if let key = RequestKey(text) {
                try read(key, from: &reader)
            } else {
                if unknownKey == nil { unknownKey = text.excerpt }
                try reader.skipValue()
            }
        }
        try reader.finish()
    }

    private mutating func read(_ key: RequestKey, from reader: inout JSONReader) throws(JSONError) {
        guard seen.add(key) else {
            if problem == nil { problem = "\(key.name): found a second time, expected once" }
            return try reader.skipValue()
        }
        switch key {
        case .operation: try readOperation(&reader)
        case .id: try readID(&reader)
        case .profile: try readProfile(&reader)
        case .minimumValidity: minimumValidity = try readSeconds(key, upTo: .max, &reader)
        case .wait: wait = try readSeconds(key, upTo: RequestKey.longestWait, &reader)
        case .rejected: try readRejected(&reader)
        case .force: try readForce(&reader)
        }
    }

    private mutating func note(_ key: RequestKey, found: String) {
        if problem == nil { problem = "\(key.name): found \(found), expected \(key.expectation)" }
    }
}

/// One function a type of value.
extension RequestFields {
    private mutating func readOperation(_ reader: inout JSONReader) throws(JSONError) {
        guard try isNext(.string, .operation, &reader) else { return }
        let text = try reader.readString()
        operation = OperationName(text)
        guard operation == nil else { return }
        let nearest = Spelling.nearest(to: text.excerpt, among: OperationName.all.map { "\($0.name)" })
        note(.operation, found: "an unknown operation" + (nearest.map { " (did you mean '\($0)'?)" } ?? ""))
    }

    private mutating func readID(_ reader: inout JSONReader) throws(JSONError) {
        switch try reader.peek() {
        case .string:
            let text = try reader.readString()
            id = RequestID(checked: "\"" + String(decoding: text.encoded, as: UTF8.self) + "\"")
        case .number:
            let number = try reader.readNumber()
            if number.isInteger {
                id = RequestID(checked: number.text)
            } else {
                note(.id, found: "a number with a fraction or an exponent")
            }
        case let kind:
            note(.id, found: "\(kind)")
            try reader.skipValue()
        }
    }

    private mutating func readProfile(_ reader: inout JSONReader) throws(JSONError) {
        guard try isNext(.string, .profile, &reader) else { return }
        let text = try reader.readString()
        guard ProfileName.isValid(text) else {
            return note(.profile, found: "another string")
        }
        profile = text.string
    }

    private mutating func readSeconds(
        _ key: RequestKey, upTo limit: Int64, _ reader: inout JSONReader
    ) throws(JSONError) -> Int64? {
        guard try isNext(.number, key, &reader) else { return nil }
        let number = try reader.readNumber()
        if let value = number.wholeNumber, 0...limit ~= value { return value }
        let longest = 24
        note(key, found: number.text.prefix(longest) + (number.text.utf8.count > longest ? "…" : ""))
        return nil
    }

    private mutating func readRejected(_ reader: inout JSONReader) throws(JSONError) {
        guard try isNext(.string, .rejected, &reader) else { return }
        let token = Secret(try reader.readString())
        if token.isEmpty { note(.rejected, found: "an empty string") }
        rejected = token
    }

    private mutating func readForce(_ reader: inout JSONReader) throws(JSONError) {
        if try isNext(.bool, .force, &reader) { force = try reader.readBool() }
    }

    /// Whether a value of this kind comes next; another one is noted and skipped.
    private mutating func isNext(
        _ expected: JSONKind, _ key: RequestKey, _ reader: inout JSONReader
    ) throws(JSONError) -> Bool {
        let kind = try reader.peek()
        if kind == expected { return true }
        note(key, found: "\(kind)")
        try reader.skipValue()
        return false
    }
}
