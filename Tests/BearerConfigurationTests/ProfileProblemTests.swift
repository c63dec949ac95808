import BearerConfiguration
import Testing

@Suite struct ProfileProblemTests {
    private static let profiles = "expected 1 to 1000 profiles (name: settings)"
    private static let name = "expected 1 to 32 of a-z, 0-9, '.' and '-', the first a letter or digit"
    private static let account = "expected a name, or a number from 0 to 4294967294"
    private static let overflow = "this is the kernel's name for unknown ones and never matches"
    private static let unit = "expected the name of a unit, such as ingest.service; * stands for any characters"
    private static let unitType = "expected the name of a unit that ends in .service, .socket, .mount, .swap or *"
    private static let source = "expected {credential: name} or {file: /path}"
    private static let uri = "expected an absolute URI without a fragment, such as adobepass://com.programmer"
    private static let nobody =
        "names nobody; expected users, groups or units; without the key allow, whoever can open the socket may ask"

    @Test(
        "profiles that cannot be are refused",
        arguments: [
            ProblemRow("profiles:", "1:10: profiles is empty; \(profiles)"),
            ProblemRow("profiles: {}", "1:11: profiles has 0 profiles; \(profiles)"),
            ProblemRow("profiles: [a]", "1:11: profiles is a list; \(profiles)"),
            ProblemRow("profiles: {a: 5}", "1:15: profiles.a is 5; expected a mapping (key: value)"),
            ProblemRow("profiles: {access_token: {}}", "1:12: the profile name \"access_token\"; \(name)"),
            ProblemRow("profiles: {A: {}}", "1:12: the profile name \"A\"; \(name)"),
            ProblemRow("profiles: {.a: {}}", "1:12: the profile name \".a\"; \(name)"),
            ProblemRow("profiles: {a/b: {}}", "1:12: the profile name \"a/b\"; \(name)"),
            ProblemRow(
                "profiles: {a: {limits: {}}}",
                "1:16: unknown key \"limits\" in profiles.a; expected one of software_statement, client, redirect_uri, allow, "
                    + "reregister, expect_scopes, environment, server, user_agent, device_info, renewal"),
            ProblemRow(
                "profiles: {a: {expect_scopes: api:client:v2}}",
                "1:31: profiles.a.expect_scopes is \"api:client:v2\"; expected a list of scopes, at least one"),
            ProblemRow(
                "profiles: {a: {expect_scopes: []}}",
                "1:31: profiles.a.expect_scopes is an empty list; expected a list of scopes, at least one"),
            ProblemRow(
                "profiles: {a: {expect_scopes: [a b]}}",
                "1:32: profiles.a.expect_scopes[0] is \"a b\"; expected a scope, such as api:client:v2"),
            ProblemRow(
                "profiles: {\"a\\tb\": {reregister: no}}",
                "1:12: the profile name \"a\\tb\"; \(name)",
                "1:33: profiles.a\\tb.reregister is \"no\"; expected automatic or never"),
            ProblemRow(
                "profiles: {a: {reregister: no}}",
                "1:28: profiles.a.reregister is \"no\"; expected automatic or never"),
        ])
    func profile(row: ProblemRow) {
        row.check()
    }

    @Test(
        "an allow that names nobody, or somebody that cannot be, is refused",
        arguments: [
            ProblemRow("profiles: {a: {allow: }}", "1:23: profiles.a.allow \(nobody)"),
            ProblemRow("profiles: {a: {allow: {}}}", "1:23: profiles.a.allow \(nobody)"),
            ProblemRow(
                "profiles: {a: {allow: all}}", "1:23: profiles.a.allow is \"all\"; expected a mapping (key: value)"),
            ProblemRow(
                "profiles: {a: {allow: {user: [x]}}}",
                "1:24: unknown key \"user\" in profiles.a.allow; expected one of users, groups, units; "
                    + "did you mean \"users\"?"),
            ProblemRow(
                "profiles: {a: {allow: {users: []}}}",
                "1:31: profiles.a.allow.users is an empty list; expected a list of users, at least one"),
            ProblemRow(
                "profiles: {a: {allow: {groups: }}}",
                "1:32: profiles.a.allow.groups is empty; expected a list of groups, at least one"),
            ProblemRow(
                "profiles: {a: {allow: {users: x}}}",
                "1:31: profiles.a.allow.users is \"x\"; expected a list of users, at least one"),
            ProblemRow(
                "profiles:\n  a:\n    allow:\n      users: [\"5\", 1.5, -1, 65534, true, a:b, ~]\n",
                "4:15: profiles.a.allow.users[0] is the text \"5\"; \(account) without quotes",
                "4:20: profiles.a.allow.users[1] is 1.5; \(account), in quotes",
                "4:25: profiles.a.allow.users[2] is -1; \(account)",
                "4:29: profiles.a.allow.users[3] is 65534; expected another user: \(overflow)",
                "4:36: profiles.a.allow.users[4] is true; \(account), in quotes",
                "4:42: profiles.a.allow.users[5] is \"a:b\"; \(account)",
                "4:47: profiles.a.allow.users[6] is empty; \(account)"),
            ProblemRow(
                "profiles: {a: {allow: {users: [nobody], groups: [nogroup, 65534, \"nobody\"]}}}",
                "1:32: profiles.a.allow.users[0] is \"nobody\"; expected another user: \(overflow)",
                "1:50: profiles.a.allow.groups[0] is \"nogroup\"; expected another group: \(overflow)",
                "1:59: profiles.a.allow.groups[1] is 65534; expected another group: \(overflow)",
                "1:66: profiles.a.allow.groups[2] is \"nobody\"; expected another group: \(overflow)"),
            ProblemRow(
                "profiles: {a: {allow: {groups: [4294967295]}}}",
                "1:33: profiles.a.allow.groups[0] is 4294967295; \(account)"),
            ProblemRow(
                "profiles: {a: {allow: {units: [x, \"?.service\", a.target, 5]}}}",
                "1:32: profiles.a.allow.units[0] is \"x\"; \(unitType)",
                "1:35: profiles.a.allow.units[1] is \"?.service\"; \(unit)",
                "1:48: profiles.a.allow.units[2] is \"a.target\"; \(unitType)",
                "1:58: profiles.a.allow.units[3] is 5; \(unit)"),
        ])
    func allow(row: ProblemRow) {
        row.check()
    }

    @Test(
        "a software statement without a usable source is refused, and what was written is not repeated",
        arguments: [
            ProblemRow(
                "profiles: {a: {software_statement: eyJhbGciOiJSUzI1NiJ9}}",
                "1:36: profiles.a.software_statement is not a mapping; \(source)"),
            ProblemRow(
                "profiles: {a: {software_statement: }}",
                "1:36: profiles.a.software_statement is not a mapping; \(source)"),
            ProblemRow(
                "profiles: {a: {software_statement: {}}}",
                "1:36: profiles.a.software_statement names no source; \(source)"),
            ProblemRow(
                "profiles: {a: {software_statement: {credential: a, file: /b}}}",
                "1:36: profiles.a.software_statement names two sources; \(source)"),
            ProblemRow(
                "profiles: {a: {software_statement: {credential: a/b}}}",
                "1:49: profiles.a.software_statement.credential is \"a/b\"; expected the name of a credential"),
            ProblemRow(
                "profiles: {a: {software_statement: {file: b}}}",
                "1:43: profiles.a.software_statement.file is \"b\"; expected an absolute path of a file"),
            ProblemRow(
                "profiles: {a: {software_statement: {file: \(String(repeating: "e", count: 700))}}}",
                "1:43: profiles.a.software_statement.file is a text of 700 characters; "
                    + "expected an absolute path of a file"),
        ])
    func statement(row: ProblemRow) {
        row.check()
    }

    private static let registersNever =
        "is given next to client; expected it next to software_statement only: with client this host never registers"

    @Test(
        "client is given alone and names a source; what was written is not repeated",
        arguments: [
            ProblemRow(
                "profiles: {a: {client: {file: /a}, software_statement: {file: /b}}}",
                "1:56: profiles.a.software_statement is given next to client; expected one of the two"),
            ProblemRow(
                "profiles: {a: {redirect_uri: \"a:b\", client: {file: /a}}}",
                "1:30: profiles.a.redirect_uri \(registersNever)"),
            ProblemRow(
                "profiles: {a: {client: {file: /a}, reregister: never}}",
                "1:48: profiles.a.reregister \(registersNever)"),
            ProblemRow(
                "profiles: {a: {client: {file: /a}, expect_scopes: [a]}}",
                "1:51: profiles.a.expect_scopes \(registersNever)"),
            ProblemRow("profiles: {a: {client: }}", "1:24: profiles.a.client is not a mapping; \(source)"),
            ProblemRow("profiles: {a: {client: /a}}", "1:24: profiles.a.client is not a mapping; \(source)"),
            ProblemRow(
                "profiles: {a: {client: {client_id: i, client_secret: s}}}",
                "1:24: profiles.a.client names no source; \(source)",
                "1:25: unknown key \"client_id\" in profiles.a.client; expected one of credential, file",
                "1:39: unknown key \"client_secret\" in profiles.a.client; expected one of credential, file"),
            ProblemRow(
                "profiles: {a: {client: {credential: a, file: /b}}}",
                "1:24: profiles.a.client names two sources; \(source)"),
        ])
    func client(row: ProblemRow) {
        row.check()
    }

    @Test(
        "a redirect URI that is none is refused", arguments: ["com.programmer", ":a", "a:", "1a:b", "a:b#c", "a:b c"])
    func redirectURI(uri: String) {
        ProblemRow(
            "profiles: {a: {redirect_uri: \"\(uri)\"}}", "1:30: profiles.a.redirect_uri is \"\(uri)\"; \(Self.uri)"
        ).check()
    }

    @Test("a thousand profiles are accepted, one more is not")
    func numberOfProfiles() throws {
        let yaml = "profiles:\n" + (1...1000).map { "  p\($0): {}\n" }.joined()
        #expect(try Configuration(yaml: yaml, file: "f").profiles.count == 1000)
        ProblemRow(yaml + "  q:", "2:3: profiles has 1001 profiles; \(Self.profiles)").check()
    }
}
