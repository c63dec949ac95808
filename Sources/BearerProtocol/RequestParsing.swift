internal import BearerCore
internal import BearerJSON

extension Request {
    /// Reads one line, without its ending.
    ///
    /// The members may come in any order. A number of seconds may be written in any way that is whole (`10`, `1e1`);
    /// an `id` must be an integer without fraction or exponent, since it is echoed as sent.
    package static func parse(line: ArraySlice<UInt8>) throws(RequestError) -> Request {
        var fields = RequestFields()
        let outcome = line.withUnsafeBytes { bytes in Result { () throws(JSONError) in try fields.read(bytes) } }
        if case .failure(let error) = outcome { throw RequestError(id: fields.id, "not a JSON object: \(error)") }
        return Request(id: fields.id, try fields.checkedOperation())
    }
}

extension RequestFields {
    func checkedOperation() throws(RequestError) -> Operation {
        guard let operation else { throw RequestError(id: id, problem ?? missingOperation) }
        if let unknownKey {
            let hint = suggestion(for: unknownKey, among: operation.keys)
            throw RequestError(id: id, "unknown key '\(unknownKey)'\(hint); \(knownKeys(of: operation))")
        }
        if let foreign = seen.subtracting(operation.keys).names.first {
            throw RequestError(id: id, "\(foreign): not a key of \(operation.name); \(knownKeys(of: operation))")
        }
        if let problem { throw RequestError(id: id, problem) }
        return try build(operation)
    }

    private func build(_ operation: OperationName) throws(RequestError) -> Operation {
        let wait = wait.map { Duration.seconds($0) } ?? TokenRequest.defaultWait
        switch operation {
        case .token:
            return .token(
                TokenRequest(profile: profile, minimumValidity: .seconds(minimumValidity ?? 0), wait: wait))
        case .renew:
            guard let rejected else {
                throw RequestError(id: id, "rejected: found nothing, expected \(RequestKey.rejected.expectation)")
            }
            return .renew(RenewRequest(profile: profile, rejected: rejected, wait: wait))
        case .watch: return .watch(profile: profile)
        case .status: return .status(profile: profile)
        case .ping: return .ping
        case .reload: return .reload
        case .register: return .register(profile: profile, force: force ?? false)
        case .export: return .export(profile: profile)
        }
    }

    private var missingOperation: String {
        let unknown = unknownKey.map { ", unknown key '\($0)'" + suggestion(for: $0, among: RequestKeys(.operation)) }
        return "op: found nothing\(unknown ?? ""), expected \(RequestKey.operation.expectation)"
    }

    private func suggestion(for unknownKey: String, among keys: RequestKeys) -> String {
        Spelling.nearest(to: unknownKey, among: keys.names).map { " (did you mean '\($0)'?)" } ?? ""
    }

    private func knownKeys(of operation: OperationName) -> String {
        "\(operation.name) knows \(operation.keys.names.joined(separator: ", "))"
    }
}

/// What one pass over a line finds: the members, in whatever order, and the first thing wrong with them.
///
/// Problems are recorded rather than thrown, so that an `id` behind them is still found and echoed.
private struct RequestFields {
    private var seen = RequestKeys()
    private(set) var id: RequestID?
    private var operation: OperationName?
    private var profile: String?
    private var minimumValidity: Int64?
    private var wait: Int64?
    private var rejected: Secret?
    private var force: Bool?
    /// The first key that no operation knows.
    private var unknownKey: String?
    /// The first other problem.
    private var problem: String?

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
        case .wait: wait = try readSeconds(key, upTo: RequestKey.maximumWait, &reader)
        case .rejected: try readRejected(&reader)
        case .force: try readForce(&reader)
        }
    }

    private mutating func report(_ key: RequestKey, found: String) {
        if problem == nil { problem = "\(key.name): found \(found), expected \(key.expectation)" }
    }
}

/// One function per type of value.
extension RequestFields {
    private mutating func readOperation(_ reader: inout JSONReader) throws(JSONError) {
        guard try isNext(.string, .operation, &reader) else { return }
        let text = try reader.readString()
        operation = OperationName(text)
        guard operation == nil else { return }
        let nearest = Spelling.nearest(to: text.excerpt, among: OperationName.all.map { "\($0.name)" })
        report(.operation, found: "an unknown operation" + (nearest.map { " (did you mean '\($0)'?)" } ?? ""))
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
                report(.id, found: "a number with a fraction or an exponent")
            }
        case let kind:
            report(.id, found: "\(kind)")
            try reader.skipValue()
        }
    }

    private mutating func readProfile(_ reader: inout JSONReader) throws(JSONError) {
        guard try isNext(.string, .profile, &reader) else { return }
        let text = try reader.readString()
        guard ProfileName.isValid(text) else {
            return report(.profile, found: "another string")
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
        report(key, found: number.text.prefix(longest) + (number.text.utf8.count > longest ? "…" : ""))
        return nil
    }

    private mutating func readRejected(_ reader: inout JSONReader) throws(JSONError) {
        guard try isNext(.string, .rejected, &reader) else { return }
        let token = Secret(try reader.readString())
        if token.isEmpty { report(.rejected, found: "an empty string") }
        rejected = token
    }

    private mutating func readForce(_ reader: inout JSONReader) throws(JSONError) {
        if try isNext(.bool, .force, &reader) { force = try reader.readBool() }
    }

    /// Whether a value of this kind comes next; another one is recorded as a problem and skipped.
    private mutating func isNext(
        _ expected: JSONKind, _ key: RequestKey, _ reader: inout JSONReader
    ) throws(JSONError) -> Bool {
        let kind = try reader.peek()
        if kind == expected { return true }
        report(key, found: "\(kind)")
        try reader.skipValue()
        return false
    }
}

/// Why a line is no request; the answer is always `invalid_request`.
package struct RequestError: Error, Sendable, Equatable {
    /// To be echoed; nil also if it stands behind the place where the line stops being JSON.
    package let id: RequestID?
    /// Names the key, what was found and what is expected. Holds no string value of the line: it may be a token.
    package let description: String

    init(id: RequestID?, _ description: String) {
        self.id = id
        self.description = description
    }

    /// The answer to the line.
    package var reply: ErrorReply { ErrorReply(.invalidRequest, description) }
}

extension RequestError: CustomStringConvertible {}
