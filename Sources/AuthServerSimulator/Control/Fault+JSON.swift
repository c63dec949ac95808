package import BearerJSON

extension Fault {
    /// Reads one fault: a word (`"hang"`), or an object with the fault's one parameter and its options.
    ///
    /// | JSON | fault |
    /// | --- | --- |
    /// | `"answer"`, `"throttled"`, `"hang"`, `"reset"`, `"html"`, `"empty"` | the one of that name |
    /// | `{"status":503,"headers":{"Retry-After":"5"},"body":"…"}` | ``status(_:headers:body:)`` |
    /// | `{"error":"invalid_client"}` | ``error(_:)`` |
    /// | `{"redirect":"https://…","status":307}` | ``redirect(to:status:)`` |
    /// | `{"raw":"HTTP/1.1 …"}` | ``raw(_:)``, as UTF-8 |
    /// | `{"body":"…","content_type":"text/html"}` | ``body(_:contentType:)`` |
    /// | `{"huge":1073741824}` | ``huge(bytes:)`` |
    /// | `{"delay":1500}` | ``delay(_:)``, in milliseconds |
    /// | `{"drip":100,"bytes":1}` | ``drip(bytes:every:)``, in milliseconds |
    /// | `{"reset_after":10}` | ``resetAfter(bytes:)`` |
    /// | `{"truncated":20}` | ``truncated(bytes:)`` |
    /// | `{"expires_in":"3600"}` | ``lifetime(json:)``, any JSON value |
    package init(json value: JSONValue) throws(SimulatorError) {
        if let word = value.string {
            guard let fault = Self.words[word] else {
                throw .script("unknown fault “\(word)”, expected \(Self.words.keys.sorted().joined(separator: ", "))")
            }
            self = fault
            return
        }
        guard let object = value.object else {
            throw .script("a fault is \(value.kind), expected a string or an object")
        }
        guard let form = Self.forms.first(where: { object[$0.key] != nil }) else {
            throw .script("a fault has none of \(Self.forms.map(\.key).joined(separator: ", "))")
        }
        self = try form.read(OrderReader(value, keys: form.options.union([form.key])))
    }

    private static let words: [String: Fault] = [
        "answer": .answer, "throttled": .throttled, "hang": .hang, "reset": .reset, "html": .html, "empty": .empty,
    ]

    private struct Form: Sendable {
        let key: String
        let options: Set<String>
        let read: @Sendable (OrderReader) throws(SimulatorError) -> Fault

        init(
            _ key: String, options: Set<String> = [],
            _ read: @escaping @Sendable (OrderReader) throws(SimulatorError) -> Fault
        ) {
            self.key = key
            self.options = options
            self.read = read
        }
    }

    /// The first whose key is there decides: `redirect` comes before its option `status`, which comes before `body`.
    private static let forms: [Form] = [
        Form("redirect", options: ["status"]) { order throws(SimulatorError) in
            .redirect(to: try order.string("redirect"), status: try order.count("status", default: 307))
        },
        Form("status", options: ["headers", "body"]) { order throws(SimulatorError) in try status(order) },
        Form("body", options: ["content_type"]) { order throws(SimulatorError) in
            let type = order.members["content_type"] == nil ? "application/json" : try order.string("content_type")
            return .body(try order.string("body"), contentType: type)
        },
        Form("error") { order throws(SimulatorError) in .error(try order.string("error")) },
        Form("raw") { order throws(SimulatorError) in .raw(Array(try order.string("raw").utf8)) },
        Form("huge") { order throws(SimulatorError) in .huge(bytes: try order.count("huge")) },
        Form("delay") { order throws(SimulatorError) in .delay(try order.duration("delay")) },
        Form("drip", options: ["bytes"]) { order throws(SimulatorError) in
            .drip(bytes: try order.count("bytes", default: 1), every: try order.duration("drip"))
        },
        Form("reset_after") { order throws(SimulatorError) in .resetAfter(bytes: try order.count("reset_after")) },
        Form("truncated") { order throws(SimulatorError) in .truncated(bytes: try order.count("truncated")) },
        Form("expires_in") { order throws(SimulatorError) in
            let value = order.members["expires_in"] ?? .null
            return .lifetime(json: String(decoding: value.encoded, as: UTF8.self))
        },
    ]

    private static func status(_ order: OrderReader) throws(SimulatorError) -> Fault {
        let body = order.members["body"] == nil ? "" : try order.string("body")
        var headers: [String: String] = [:]
        if let given = order.members["headers"] {
            guard let object = given.object else { throw .script("“headers” is \(given.kind), expected an object") }
            for name in object.keys {
                guard let text = object[name]?.string else { throw .script("the header “\(name)” is no string") }
                headers[name] = text
            }
        }
        return .status(try order.count("status"), headers: headers, body: body)
    }
}
