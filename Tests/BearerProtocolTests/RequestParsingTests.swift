import BearerCore
import BearerProtocol
import Testing

@Suite struct RequestParsingTests {
    @Test(
        "a request is read, its members in any order",
        arguments: [
            (#"{"op":"token"}"#, .token(TokenRequest())),
            (#" { "op" : "token" } "#, .token(TokenRequest())),
            ("{\"op\":\"token\"}\r", .token(TokenRequest())),
            (#"{"\u006fp":"\u0074oken"}"#, .token(TokenRequest())),
            (#"{"wait":0,"op":"token"}"#, .token(TokenRequest(wait: .zero))),
            (#"{"wait":300,"op":"token"}"#, .token(TokenRequest(wait: .seconds(300)))),
            (#"{"op":"token","wait":1e1}"#, .token(TokenRequest(wait: .seconds(10)))),
            (#"{"op":"token","wait":3e2}"#, .token(TokenRequest(wait: .seconds(300)))),
            (#"{"op":"token","wait":-0}"#, .token(TokenRequest(wait: .zero))),
            (#"{"op":"token","wait":5.0}"#, .token(TokenRequest(wait: .seconds(5)))),
            (#"{"op":"token","min_valid":1e3}"#, .token(TokenRequest(minimumValidity: .seconds(1000)))),
            (
                #"{"min_valid":9223372036854775807,"profile":"a.b-9","op":"token"}"#,
                .token(TokenRequest(profile: "a.b-9", minimumValidity: .seconds(Int64.max)))
            ),
            (#"{"op":"renew","rejected":"a.b-c_d~e+f/g="}"#, .renew(RenewRequest(rejected: Secret("a.b-c_d~e+f/g=")))),
            (
                #"{"rejected":"a\/b","wait":3,"op":"renew","profile":"x"}"#,
                .renew(RenewRequest(profile: "x", rejected: Secret("a/b"), wait: .seconds(3)))
            ),
            (#"{"op":"watch"}"#, .watch(profile: nil)),
            (#"{"op":"watch","profile":"tv"}"#, .watch(profile: "tv")),
            (#"{"op":"status"}"#, .status(profile: nil)),
            (#"{"op":"status","profile":"tv"}"#, .status(profile: "tv")),
            (#"{"op":"ping"}"#, .ping),
            (#"{"op":"reload"}"#, .reload),
            (#"{"op":"register","profile":"tv","force":true}"#, .register(profile: "tv", force: true)),
            (#"{"op":"register","profile":"tv"}"#, .register(profile: "tv", force: false)),
            (#"{"op":"register","force":false}"#, .register(profile: nil, force: false)),
            (#"{"op":"export","profile":"tv"}"#, .export(profile: "tv")),
            (#"{"op":"export"}"#, .export(profile: nil)),
        ] as [(String, BearerProtocol.Operation)])
    func accepted(line: String, operation: BearerProtocol.Operation) {
        #expect(parse(Array(line.utf8)) == .success(Request(operation)))
    }

    @Test(
        "a request that cannot be understood is refused by name",
        arguments: [
            (#"{}"#, "op: found nothing, expected one of \(operations)"),
            (
                #"{"opp":"token"}"#,
                "op: found nothing, unknown key 'opp' (did you mean 'op'?), expected one of \(operations)"
            ),
            (#"{"cmd":"token"}"#, "op: found nothing, unknown key 'cmd', expected one of \(operations)"),
            (
                #"{"op":"tokn"}"#,
                "op: found an unknown operation (did you mean 'token'?), expected one of \(operations)"
            ),
            (
                #"{"op":"TOKEN"}"#,
                "op: found an unknown operation (did you mean 'token'?), expected one of \(operations)"
            ),
            (
                #"{"op":"tokn","x":1}"#,
                "op: found an unknown operation (did you mean 'token'?), expected one of \(operations)"
            ),
            (#"{"op":1}"#, "op: found a number, expected one of \(operations)"),
            (#"{"op":null}"#, "op: found null, expected one of \(operations)"),
            (#"{"op":["token"]}"#, "op: found an array, expected one of \(operations)"),
            (#"{"op":"token","op":"token"}"#, "op: found a second time, expected once"),
            (#"{"op":"token","wait":1,"wait":1}"#, "wait: found a second time, expected once"),
            (
                #"{"op":"token","wiat":1}"#,
                "unknown key 'wiat' (did you mean 'wait'?); token knows op, id, profile, min_valid, wait"
            ),
            (
                #"{"op":"token","minvalid":1}"#,
                "unknown key 'minvalid' (did you mean 'min_valid'?); token knows op, id, profile, min_valid, wait"
            ),
            (#"{"nonsense":{"a":[1]},"op":"ping"}"#, "unknown key 'nonsense'; ping knows op, id"),
            (#"{"op":"ping","a\nb":1}"#, "unknown key 'a?b'; ping knows op, id"),
            // What a terminal would take for a command, or turn around.
            (#"{"op":"ping","é\u009b\u2028\u202e\ufefff":1}"#, "unknown key 'é????f'; ping knows op, id"),
            (#"{"op":"ping","wait":1}"#, "wait: not a key of ping; ping knows op, id"),
            (
                #"{"op":"token","rejected":"x"}"#,
                "rejected: not a key of token; token knows op, id, profile, min_valid, wait"
            ),
            (
                #"{"op":"renew","rejected":"x","min_valid":1}"#,
                "min_valid: not a key of renew; renew knows op, id, profile, wait, rejected"
            ),
            (#"{"op":"watch","force":true}"#, "force: not a key of watch; watch knows op, id, profile"),
            (#"{"op":"renew"}"#, "rejected: found nothing, expected the token that was turned down"),
            (
                #"{"op":"renew","rejected":""}"#,
                "rejected: found an empty string, expected the token that was turned down"
            ),
            (#"{"op":"renew","rejected":5}"#, "rejected: found a number, expected the token that was turned down"),
            (#"{"op":"token","wait":"5"}"#, "wait: found a string, expected a whole number of seconds, 0 to 300"),
            (#"{"op":"token","wait":true}"#, "wait: found true or false, expected a whole number of seconds, 0 to 300"),
            (#"{"op":"token","wait":null}"#, "wait: found null, expected a whole number of seconds, 0 to 300"),
            (#"{"op":"token","wait":301}"#, "wait: found 301, expected a whole number of seconds, 0 to 300"),
            (#"{"op":"token","wait":-1}"#, "wait: found -1, expected a whole number of seconds, 0 to 300"),
            (#"{"op":"token","wait":1.5}"#, "wait: found 1.5, expected a whole number of seconds, 0 to 300"),
            (#"{"op":"token","wait":1e99}"#, "wait: found 1e99, expected a whole number of seconds, 0 to 300"),
            (
                #"{"op":"token","wait":\#(String(repeating: "9", count: 25))}"#,
                "wait: found \(String(repeating: "9", count: 24))…, expected a whole number of seconds, 0 to 300"
            ),
            (#"{"op":"token","min_valid":-1}"#, "min_valid: found -1, expected a whole number of seconds, at least 0"),
            (
                #"{"op":"token","min_valid":9223372036854775808}"#,
                "min_valid: found 9223372036854775808, expected a whole number of seconds, at least 0"
            ),
            (
                #"{"op":"token","profile":1}"#,
                "profile: found a number, expected the name of a profile, [a-z0-9][a-z0-9.-]{0,31}"
            ),
            (#"{"op":"token","profile":""}"#, profileProblem),
            (#"{"op":"token","profile":"access_token"}"#, profileProblem),
            (#"{"op":"token","profile":"tv\u0000"}"#, profileProblem),
            (#"{"op":"register","force":"yes"}"#, "force: found a string, expected true or false"),
            (#"{"op":"ping","id":null}"#, "id: found null, expected a string or an integer"),
            (#"{"op":"ping","id":[1]}"#, "id: found an array, expected a string or an integer"),
            (#"{"op":"ping","id":true}"#, "id: found true or false, expected a string or an integer"),
            (#"{"op":"ping","id":1.0}"#, fractionProblem),
            (#"{"op":"ping","id":1e3}"#, fractionProblem),
        ])
    func refused(line: String, description: String) {
        #expect(descriptionAndID(parse(Array(line.utf8))) == Refusal(description: description))
    }

    @Test(
        "a line that is not a JSON object is refused with the place",
        arguments: [
            ("", "at byte 0: found the end of the input, expected '{'"),
            ("   ", "at byte 3: found the end of the input, expected '{'"),
            ("\0", "at byte 0: found byte 0x00, expected '{'"),
            ("GET / HTTP/1.1", "at byte 0: found 'G', expected '{'"),
            ("[]", "at byte 0: found '[', expected '{'"),
            (#""token""#, "at byte 0: found '\"', expected '{'"),
            ("\u{FEFF}{\"op\":\"ping\"}", "at byte 0: found a byte order mark, expected '{'"),
            (#"{"op":"ping"}{"op":"ping"}"#, "at byte 13: found '{', expected the end of the input"),
            (#"{"op":"ping""#, "at byte 12: found the end of the input, expected ',' or '}'"),
            (#"{"op":"pi"#, "at byte 9: found the end of the input, expected the end of a string"),
            (#"{"op":"ping",}"#, "at byte 13: found '}', expected a key in double quotes"),
            (#"{"op":"ping","id":007}"#, "at byte 19: found '0', expected no digit after a leading 0"),
            ("{\"op\":\"pi\0ng\"}", "at byte 9: found byte 0x00, expected an escape in place of a control character"),
            (
                #"{"op":"ping","x":{"a":1,"a":2}}"#,
                "at byte 24: found the key 'a' a second time, expected each key once"
            ),
            (
                #"{"op":"ping","x":\#(String(repeating: "[", count: 16_000))"#,
                "at byte 48: nested deeper than 32 levels"
            ),
        ])
    func notAnObject(line: String, problem: String) {
        #expect(descriptionAndID(parse(Array(line.utf8))) == Refusal(description: "not a JSON object: \(problem)"))
    }

    @Test("invalid UTF-8 is refused with the place")
    func invalidUTF8() {
        let line = Array(#"{"op":""#.utf8) + [0xC0, 0x80] + Array(#""}"#.utf8)
        let expected = Refusal(description: "not a JSON object: at byte 7: found invalid UTF-8 in a string")
        #expect(descriptionAndID(parse(line)) == expected)
    }

    @Test("a token in the wrong place is not repeated in the answer")
    func messagesKeepSecrets() {
        for line in [
            #"{"op":"canary"}"#, #"{"op":"renew","rejected":["canary"]}"#, #"{"op":"token","profile":"Canary canary"}"#,
            #"{"op":"token","wait":"canary"}"#, #""canary""#, #"{"op":"renew","rejected":"canary""#,
        ] {
            guard case .failure(let error) = parse(Array(line.utf8)) else {
                Issue.record("accepted: \(line)")
                continue
            }
            #expect(!error.description.lowercased().contains("canary"))
        }
    }
}

private let operations = "token, renew, watch, status, ping, reload, register, export"
private let profileProblem =
    "profile: found another string, expected the name of a profile, [a-z0-9][a-z0-9.-]{0,31}"
private let fractionProblem = "id: found a number with a fraction or an exponent, expected a string or an integer"

private struct Refusal: Equatable {
    var id: String?
    var description: String
}

private func descriptionAndID(_ outcome: Result<Request, RequestError>) -> Refusal? {
    guard case .failure(let error) = outcome else { return nil }
    return Refusal(id: error.id.map(\.json), description: error.description)
}
