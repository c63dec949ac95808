import Testing

@testable import BearerConfiguration

@Suite struct YAMLProblemTests {
    private static let features = "expected values without anchors, aliases and merge keys"
    private static let alias = "expected values without aliases, and quotes around a text that begins with *"

    private static let tab =
        "a tab; expected spaces: YAML takes no tabs for indentation; sed -i 's/\\t/  /g' on the file makes them"

    @Test(
        "a text that is not the YAML of a configuration is refused with its place",
        arguments: [
            ProblemRow("- a", "1:1: the file is a list; expected a mapping (key: value)"),
            ProblemRow("5", "1:1: the file is 5; expected a mapping (key: value)"),
            ProblemRow("audit\nb", "1:1: the file is \"audit b\"; expected a mapping (key: value)"),
            ProblemRow("\taudit: true", "1:1: \(tab)"),
            ProblemRow("limits:\n\tburst: 5", "2:1: \(tab)"),
            ProblemRow(
                "audit: \"abc",
                "1:12: not YAML: found unexpected end of stream (while scanning a quoted scalar); "
                    + "expected a YAML mapping"),
            ProblemRow(
                "audit: true: false",
                "1:12: not YAML: mapping values are not allowed in this context; expected a YAML mapping"),
            ProblemRow(
                "a: b\r\n c: d",
                "2:3: not YAML: mapping values are not allowed in this context; expected a YAML mapping"),
            ProblemRow("audit: true\u{7}", "1:12: the character U+7; expected text without control characters"),
            ProblemRow("\n audit: \u{0}", "2:9: the character U+0; expected text without control characters"),
            ProblemRow("audit: 1\n---\nb: 2", "2:1: a second document; expected one document"),
            ProblemRow("audit: &x true", "1:8: an anchor (&); \(features)"),
            ProblemRow("&k audit: true", "1:1: an anchor (&); \(features)"),
            ProblemRow("limits: &x {}\nbudget: *x", "1:9: an anchor (&); \(features)"),
            ProblemRow("audit: *x", "1:8: an alias (*); \(alias)"),
            ProblemRow("<<: {audit: true}", "1:1: a merge key (<<); \(features)"),
            ProblemRow("audit: !!bool true", "1:8: the tag \"tag:yaml.org,2002:bool\"; expected a value without a tag"),
            ProblemRow("budget: !foo {}", "1:9: the tag \"!foo\"; expected a value without a tag"),
            ProblemRow("? [a]\n: 1", "1:3: a key that is not text; expected a key that is a word"),
            ProblemRow("\"\": 1", "1:1: a key that is not text; expected a key that is a word"),
        ])
    func isRefused(row: ProblemRow) {
        row.check()
    }

    @Test(
        "a repeated key is refused where it is repeated",
        arguments: [
            ProblemRow(
                "audit: true\n\"audit\": false", "2:1: repeated key \"audit\" (first in line 1); expected each key once"
            ),
            ProblemRow(
                "'audit': true\n\"\\x61udit\": true\naudit: true",
                "2:1: repeated key \"audit\" (first in line 1); expected each key once",
                "3:1: repeated key \"audit\" (first in line 1); expected each key once"),
            ProblemRow(
                "profiles: {\"a: b\": {}, \"a: b\": {}}",
                "1:12: the profile name \"a: b\"; expected 1 to 32 of a-z, 0-9, '.' and '-', the first a letter or digit",
                "1:24: repeated key \"a: b\" (first in line 1); expected each key once"),
            ProblemRow(
                "{audit: true, audit: true}", "1:15: repeated key \"audit\" (first in line 1); expected each key once"),
            ProblemRow(
                "audit: 1\nlimits:\n  line_timeout: 5\n  line_timeout: 6\n  connections: 0\naudit: 2\naudit: 3",
                "1:8: audit is 1; expected true or false",
                "4:3: repeated key \"line_timeout\" (first in line 3); expected each key once",
                "5:16: limits.connections is 0; expected a whole number from 1 to 65536",
                "6:1: repeated key \"audit\" (first in line 1); expected each key once",
                "7:1: repeated key \"audit\" (first in line 1); expected each key once"),
            ProblemRow(
                "profiles:\n  a: {}\n  b: {}\n  a: {}",
                "4:3: repeated key \"a\" (first in line 2); expected each key once"),
            ProblemRow(
                "\"\": 1\n\"\": 2",
                "1:1: a key that is not text; expected a key that is a word",
                "2:1: a key that is not text; expected a key that is a word"),
            ProblemRow(
                "? [a, a]\n: {b: 1, b: 2}",
                "1:3: a key that is not text; expected a key that is a word",
                "2:10: repeated key \"b\" (first in line 2); expected each key once"),
        ])
    func repeatedKeyIsRefused(row: ProblemRow) {
        row.check()
    }

    @Test(
        "everything that a configuration does not need is refused at once",
        arguments: [
            ProblemRow(
                "audit: *x\nlog_level: *x\nbudget: !foo {rate: &y 0}\naudit: true",
                "1:8: an alias (*); \(alias)",
                "2:12: an alias (*); \(alias)",
                "3:9: the tag \"!foo\"; expected a value without a tag",
                "3:21: an anchor (&); \(features)",
                "4:1: repeated key \"audit\" (first in line 1); expected each key once"),
            ProblemRow(
                "audit: *x\naudit: 2\nlimits:\n\tconnections: 7",
                "1:8: an alias (*); \(alias)",
                "2:1: repeated key \"audit\" (first in line 1); expected each key once",
                "4:1: \(tab)"),
            ProblemRow("audit: !!str true", "1:8: audit is the text \"true\"; expected true or false"),
        ])
    func allAreRefused(row: ProblemRow) {
        row.check()
    }

    @Test("a thousand unknown keys, each of them twice, are refused one by one", .timeLimit(.minutes(1)))
    func manyRepeatedKeys() throws {
        let yaml = (1...1_000).map { "k\($0): 1\n" }.joined()
        let error = try #require(throws: ConfigurationError.self) { try Configuration(yaml: yaml + yaml, file: "f") }
        #expect(error.problems.count == 2_000)
        #expect(
            error.problems.last?.message
                == "repeated key \"k1000\" (first in line 1000); expected each key once")
    }

    @Test(
        "32 levels of nesting are read, one more is refused",
        arguments: [("[", "]", 34), ("{a: ", "}", 130), ("- ", "", 67), ("? ", "", 67)])
    func nesting(opening: String, closing: String, column: Int) throws {
        let deepest = String(repeating: opening, count: 32) + "~" + String(repeating: closing, count: 32)
        let error = try #require(throws: ConfigurationError.self) { try Configuration(yaml: deepest, file: "f") }
        #expect(!error.description.contains("nesting"))
        ProblemRow(
            String(repeating: opening, count: 33) + "~",
            "1:\(column): more than 32 levels of nesting; expected at most 32"
        ).check()
    }

    @Test(
        "a mebibyte of nesting is refused at once, and does not exhaust the stack", .timeLimit(.minutes(1)),
        arguments: ["[", "- ", "? ", "{a: ", "a: {", "!a ["])
    func deepNesting(opening: String) throws {
        let yaml = String(repeating: opening, count: (1 << 20) / opening.utf8.count)
        let error = try #require(throws: ConfigurationError.self) { try Configuration(yaml: yaml, file: "f") }
        #expect(error.problems.last?.message == "more than 32 levels of nesting; expected at most 32")
    }

    @Test("more directives than anybody needs are refused")
    func directives() throws {
        let yaml = (1...32).map { "%TAG !\($0)! x\n" }.joined()
        #expect(try Configuration(yaml: yaml + "--- {}", file: "f") == Configuration())
        ProblemRow(yaml + "%TAG !a! x\n---", "33:1: more than 32 directives (%); expected at most 32").check()
    }

    @Test("after fifty problems the rest are only counted")
    func problemsAreCounted() throws {
        let yaml = (1...120).map { "k\($0): 1\n" }.joined()
        let error = try #require(throws: ConfigurationError.self) { try Configuration(yaml: yaml, file: "f") }
        let lines = error.description.split(separator: "\n")
        #expect(error.problems.count == 120)
        #expect(lines.count == 51)
        #expect(lines.last == "f: 70 more")
    }

    @Test(
        "a text without settings means the defaults",
        arguments: ["", "# nothing\n", "---\n", "{}", "null", "limits:\nbudget:\nrenewal:\n", "%YAML 1.2\n---\n{}"])
    func emptyText(yaml: String) throws {
        #expect(try Configuration(yaml: yaml, file: "f") == Configuration())
    }
}
