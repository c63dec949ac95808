import BearerJSON
import TestSupport
import Testing

@Suite struct JSONValueParsingTests {
    @Test(
        "what RFC 8259 allows is read",
        arguments: [
            ("null", .null),
            ("true", true),
            (" \t\r\n false \t\r\n ", false),
            ("0", 0),
            ("-0", .number(number("-0"))),
            ("1e3", .number(number("1e3"))),
            ("-1.50E+02", .number(number("-1.50E+02"))),
            ("1e-400", .number(number("1e-400"))),
            (#""""#, ""),
            (#""é漢😀""#, "é漢😀"),
            ("\"\u{7F}\"", "\u{7F}"),
            (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"),
            (#""\u0000\u00e9\u6F22\ud83d\uDE00""#, "\0é漢😀"),
            (#""\uFFFF\u007f""#, "\u{FFFF}\u{7F}"),
            ("[]", []),
            ("[ ]", []),
            ("[1,[2],{}]", [1, [2], [:]]),
            ("{ }", [:]),
            (#"{"a":1,"b":{"a":2}}"#, ["a": 1, "b": ["a": 2]]),
            (#"{"":null}"#, ["": nil]),
            (#" { "a" : [ 1 , 2 ] } "#, ["a": [1, 2]]),
        ] as [(String, JSONValue)])
    func accepted(text: String, value: JSONValue) throws {
        #expect(try JSONValue(parsing: text.utf8) == value)
    }

    @Test(
        "what RFC 8259 does not allow is refused with its offset",
        arguments: [
            ("", "at byte 0: found the end of the input, expected a JSON value"),
            ("  ", "at byte 2: found the end of the input, expected a JSON value"),
            ("\u{FEFF}{}", "at byte 0: found a byte order mark, expected a JSON value"),
            ("{} {}", "at byte 3: found '{', expected the end of the input"),
            ("1\0", "at byte 1: found byte 0x00, expected the end of the input"),
            ("nul", "at byte 0: found 'n', expected 'null'"),
            ("True", "at byte 0: found 'T', expected a JSON value"),
            ("trUe", "at byte 0: found 't', expected 'true'"),
            ("NaN", "at byte 0: found 'N', expected a JSON value"),
            ("+1", "at byte 0: found '+', expected a JSON value"),
            (".5", "at byte 0: found '.', expected a JSON value"),
            ("01", "at byte 1: found '1', expected no digit after a leading 0"),
            ("-", "at byte 1: found the end of the input, expected a digit"),
            ("-Infinity", "at byte 1: found 'I', expected a digit"),
            ("1.", "at byte 2: found the end of the input, expected a digit"),
            ("1e", "at byte 2: found the end of the input, expected a digit"),
            ("1e+x", "at byte 3: found 'x', expected a digit"),
            ("0x10", "at byte 1: found 'x', expected the end of the input"),
            ("'a'", "at byte 0: found ''', expected a JSON value"),
            ("\"a", "at byte 2: found the end of the input, expected the end of a string"),
            ("\"a\nb\"", "at byte 2: found byte 0x0A, expected an escape in place of a control character"),
            ("\"\0\"", "at byte 1: found byte 0x00, expected an escape in place of a control character"),
            ("[1,]", "at byte 3: found ']', expected a JSON value"),
            ("[1 2]", "at byte 3: found '2', expected ',' or ']'"),
            ("[", "at byte 1: found the end of the input, expected a JSON value"),
            ("[1}", "at byte 2: found '}', expected ',' or ']'"),
            ("{,}", "at byte 1: found ',', expected a key in double quotes"),
            (#"{"a":1,}"#, "at byte 7: found '}', expected a key in double quotes"),
            (#"{"a" 1}"#, "at byte 5: found '1', expected ':'"),
            (#"{"a":}"#, "at byte 5: found '}', expected a JSON value"),
            (#"{"a":1 "b":2}"#, "at byte 7: found '\"', expected ',' or '}'"),
            ("{a:1}", "at byte 1: found 'a', expected a key in double quotes"),
            ("{1:1}", "at byte 1: found '1', expected a key in double quotes"),
            ("/**/1", "at byte 0: found '/', expected a JSON value"),
        ])
    func refused(text: String, message: String) {
        #expect(problem(Array(text.utf8)) == message)
    }

    @Test(
        "an escape that stands for no character is refused",
        arguments: [
            #"\x"#, #"\u"#, #"\u12"#, #"\u12G4"#, #"\u+123"#, #"\ud800"#, #"\udc00"#, #"\ud800\ud800"#, #"\ud83dx"#,
            #"\udc00\udc00"#,
            #"\ud83d\n"#, #"\uDE00\uD83D"#, #"\U0041"#, #"\'"#,
        ])
    func badEscape(escape: String) {
        #expect(problem(Array("\"a\(escape)\"".utf8))?.hasPrefix("at byte 2: found an invalid escape") == true)
    }

    @Test(
        "a key that an object repeats is refused with its offset, at any depth",
        arguments: [
            (#"{"a":1,"b":2,"a":3}"#, "at byte 13: found the key 'a' a second time, expected each key once"),
            (#"[{"x":{"a":1,"\u0061":2}}]"#, "at byte 13: found the key 'a' a second time, expected each key once"),
            (
                #"{"\n\#(String(repeating: "k", count: 40))":1,"\n\#(String(repeating: "k", count: 40))":1}"#,
                "at byte 48: found the key '?kkkkkkkkkkkkkkkkkkkkkkk…' a second time, expected each key once"
            ),
        ])
    func repeatedKey(text: String, message: String) {
        #expect(problem(Array(text.utf8)) == message)
    }

    @Test("keys that look alike but are sent differently are two keys")
    func equivalentKeys() throws {
        let value = try JSONValue(parsing: "{\"\u{E9}\":1,\"e\u{301}\":2}".utf8)
        #expect(value["\u{E9}"] == 1)
        #expect(value["e\u{301}"] == 2)
    }

    @Test("nesting is bounded, however deep the input is", arguments: ["[", #"{"a":"#, #"[{"a":"#])
    func depth(opening: String) {
        let deep = String(repeating: opening, count: 16 * 1024)
        #expect(problem(Array(deep.utf8))?.hasSuffix("nested deeper than 32 levels") == true)
    }

    @Test("exactly the allowed depth is read")
    func exactDepth() {
        let nested = { (depth: Int) in
            Array((String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8)
        }
        #expect(problem(nested(32)) == nil)
        #expect(problem(nested(33)) == "at byte 32: nested deeper than 32 levels")
        #expect(problem(Array("[[],[],[[]]]".utf8), maximumDepth: 3) == nil)
    }

    @Test("no message quotes a string value")
    func messagesKeepSecrets() {
        for text in [#"{"access_token":"canary" x"#, #"["canary"#, #"["canary\x"]"#, #"{"a":"canary","a":"canary"}"#] {
            #expect(problem(Array(text.utf8))?.contains("canary") == false)
        }
    }
}

/// The message for what is refused, nil for what is read.
func problem(_ bytes: [UInt8], maximumDepth: Int = JSONReader.defaultDepth) -> String? {
    do {
        _ = try JSONValue(parsing: bytes, maximumDepth: maximumDepth)
        return nil
    } catch {
        return "\(error)"
    }
}

/// A number that the grammar allows.
func number(_ text: String) -> JSONNumber {
    (try? JSONValue(parsing: text.utf8))?.number ?? JSONNumber(.min)
}
