internal import BearerJSON

/// The `id` of a request: a string or an integer of any size, echoed byte by byte as it was sent.
package struct RequestID: Sendable {
    /// The JSON as sent, escapes and double quotes included.
    package let json: String

    /// An id that is an integer.
    package init(_ number: Int64) {
        json = String(number)
    }

    /// An id that is a string.
    package init(_ text: String) {
        json = String(decoding: JSONValue.string(text).encoded, as: UTF8.self)
    }

    /// Takes what was read as a string or an integer.
    init(checked json: String) {
        self.json = json
    }
}

extension RequestID: Equatable {
    /// `"a"` and `"\u0061"` are different: each is echoed as sent.
    package static func == (left: RequestID, right: RequestID) -> Bool {
        left.json.utf8.elementsEqual(right.json.utf8)
    }
}

extension [UInt8] {
    /// Appends an object, `id` last if there is one, and a line ending.
    mutating func appendLine(id: RequestID?, _ members: (inout JSONWriter) -> Void) {
        appendJSON { json in
            json.object { json in
                members(&json)
                if let id {
                    json.key("id")
                    json.raw(id.json)
                }
            }
        }
        append(UInt8(ascii: "\n"))
    }
}
