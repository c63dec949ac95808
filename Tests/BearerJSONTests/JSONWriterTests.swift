import BearerJSON
import TestSupport
import Testing

@Suite struct JSONWriterTests {
    @Test("commas stand between members and elements only")
    func commas() {
        var bytes = Array("> ".utf8)
        bytes.appendJSON { json in
            json.object { json in
                json.member("a", 1)
                json.key("b")
                json.array { json in
                    json.string("x")
                    json.object { _ in }
                    json.array { _ in }
                    json.integer(Int64.min)
                }
                json.member("c", true)
                json.key("d")
                json.null()
                json.key("e")
                json.raw("12345678901234567890")
                json.member("f", ["g", 2])
            }
        }
        let expected =
            #"> {"a":1,"b":["x",{},[],-9223372036854775808],"c":true,"d":null,"e":12345678901234567890,"f":["g",2]}"#
        #expect(String(decoding: bytes, as: UTF8.self) == expected)
    }

    @Test(
        "what must be escaped is escaped, and nothing else",
        arguments: [
            ("", #""""#), ("a/b", #""a/b""#), ("\"\\", #""\"\\""#), ("\n\r\t", #""\n\r\t""#),
            ("\0\u{8}\u{C}\u{1F}", #""\u0000\u0008\u000c\u001f""#), ("\u{7F}é😀", "\"\u{7F}é😀\""),
            ("x\"y\"z", #""x\"y\"z""#),
        ])
    func escapes(text: String, expected: String) {
        #expect(String(decoding: JSONValue.string(text).encoded, as: UTF8.self) == expected)
    }

    @Test("bytes are written as the string that they are")
    func utf8() {
        var writer = JSONWriter()
        Array("se\"cret".utf8).withUnsafeBytes { writer.string(utf8: $0) }
        #expect(String(decoding: writer.bytes, as: UTF8.self) == #""se\"cret""#)
    }

    @Test("what was written is read back", arguments: 0..<500 as Range<UInt64>)
    func roundTrip(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let value = JSONValue.random(using: &generator)
        #expect(try JSONValue(parsing: value.encoded) == value)
    }
}
