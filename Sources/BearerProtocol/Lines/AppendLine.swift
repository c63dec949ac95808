internal import BearerJSON

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
