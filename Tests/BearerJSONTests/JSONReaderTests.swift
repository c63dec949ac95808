import BearerJSON
import Testing

@Suite struct JSONReaderTests {
    @Test("an object is read member by member")
    func members() throws {
        let names = try read(#" {"op" : "token", "list":[1, {"a":[]}], "wait":5} "#) { (reader) throws(JSONError) in
            var names: [String] = []
            try reader.beginObject()
            while let key = try reader.nextKey() {
                names.append(key.string)
                if key.equals("wait") { names.append(try reader.readNumber().text) } else { try reader.skipValue() }
            }
            try reader.finish()
            return names
        }
        #expect(names == ["op", "list", "wait", "5"])
    }

    @Test(
        "what is skipped is checked as strictly as what is read",
        arguments: [
            #"{"a":[1,2,{"b":"c"}]}"#, #"{"a":{"b":1,"b":2}}"#, #"["\ud800"]"#, "[01]", "[1,]", #"{"a":tru}"#,
            "[[[[[[[[[[]]]]]]]]]]", #"{"a":"b"#, "{}x",
        ])
    func skipped(text: String) {
        let problemOfReading = problem(Array(text.utf8))
        let problemOfSkipping: JSONError?
        do {
            try read(text) { (reader) throws(JSONError) in
                try reader.skipValue()
                try reader.finish()
            }
            problemOfSkipping = nil
        } catch {
            problemOfSkipping = error
        }
        #expect(problemOfSkipping.map { "\($0)" } == problemOfReading)
    }

    @Test("in a string, each byte counts at each place of it")
    func everyByte() {
        for byte in UInt8.min...UInt8.max {
            for place in 0..<17 {
                var content = [UInt8](repeating: UInt8(ascii: "~"), count: 24)
                content[place] = byte
                let found = problem([UInt8(ascii: "\"")] + content + [UInt8(ascii: "\"")])
                let place = "at byte \(place + 1): "
                switch byte {
                case UInt8(ascii: "\""):
                    #expect(found?.hasSuffix("expected the end of the input") == true)
                case UInt8(ascii: "\\"):
                    #expect(found?.hasPrefix(place + "found an invalid escape") == true)
                case 0..<0x20:
                    #expect(found?.hasPrefix(place) == true)
                    #expect(found?.hasSuffix("in place of a control character") == true)
                case 0x20..<0x80:
                    #expect(found == nil)
                default:
                    #expect(found == place + "found invalid UTF-8 in a string")
                }
            }
        }
    }

    @Test(
        "a value of another kind is refused",
        arguments: [
            ("1", "at byte 0: found '1', expected a string"), (" [", "at byte 1: found '[', expected a string"),
        ])
    func otherKind(text: String, message: String) {
        let error = #expect(throws: JSONError.self) {
            try read(text) { (reader) throws(JSONError) in _ = try reader.readString() }
        }
        #expect(error.map { "\($0)" } == message)
    }

    @Test(
        "a text is the same as a string, as bytes and in a comparison",
        arguments: [
            (#""""#, ""), (#""token""#, "token"), (#""\u0074oken""#, "token"), (#""a\/b\u002Bc""#, "a/b+c"),
            (#""\u00e9\u6f22\ud83d\ude00 \u0000""#, "é漢😀 \0"), (#""é漢😀""#, "é漢😀"),
        ])
    func text(json: String, expected: String) throws {
        try read(json) { (reader) throws(JSONError) in
            let text = try reader.readString()
            #expect(text.string == expected)
            #expect(Array(text) == Array(expected.utf8))
            #expect(text.count == expected.utf8.count)
            #expect(text.equals("token") == (expected == "token"))
        }
    }

    @Test(
        "a comparison sees every byte",
        arguments: [("toke", false), ("tokenn", false), ("tokem", false), ("Token", false), ("token", true)])
    func equals(text: String, expected: Bool) throws {
        try read("\"\(text)\"") { (reader) throws(JSONError) in
            #expect(try reader.readString().equals("token") == expected)
        }
    }
}

/// Lends a reader of `text`.
private func read<Value>(
    _ text: String, _ body: (inout JSONReader) throws(JSONError) -> Value
) throws(JSONError) -> Value {
    let outcome = Array(text.utf8).withUnsafeBytes { bytes in
        Result { () throws(JSONError) in
            var reader = JSONReader(bytes)
            return try body(&reader)
        }
    }
    return try outcome.get()
}
