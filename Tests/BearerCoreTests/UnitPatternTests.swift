import BearerCore
import TestSupport
import Testing

@Suite struct UnitPatternTests {
    static let patterns: [(pattern: String, unit: String, matches: Bool)] = [
        ("ingest.service", "ingest.service", true), ("ingest.service", "ingest.service2", false),
        ("ingest.service", "xingest.service", false), ("ingest.service", "Ingest.service", false),
        ("ingest.service", "ingest_service", false), ("ingest.service", "", false),
        ("encoder@*.service", "encoder@1.service", true), ("encoder@*.service", "encoder@.service", true),
        ("encoder@*.service", "encoder@a.service.service", true), ("encoder@*.service", "encoder.service", false),
        ("encoder@*.service", "encoder@1.socket", false), ("encoder@*.service", "evil-encoder@1.service", false),
        ("encoder@*.service", "encoder@1.service.evil", false),
        // Prefix and suffix must not share characters.
        ("ab*ba", "aba", false), ("ab*ba", "abba", true), ("ab*ba", "abxba", true), ("a*a", "a", false),
        ("a*a", "aa", true),
        ("aa*aa", "aaa", false), ("*a*a*", "a", false), ("*a*a*", "aa", true), ("a*ab*b", "ab", false),
        ("a*ab*b", "aabb", true), ("a*ab*b", "abab", false), ("*ab*ab*", "xabab", true), ("*ab*ab*", "xaab", false),
        // Middle parts are found in order and with backtracking never needed.
        ("a*b*c", "axbxc", true), ("a*b*c", "acb", false), ("a*b*c", "abbc", true), ("*aab*", "aaab", true),
        ("*x*y*", "yx", false), ("a*bc*d", "abbcd", true),
        ("*", "", true), ("*", "anything", true), ("**", "", true), ("**", "x", true), ("a**b", "ab", true),
        ("a**b", "axb", true), ("***", "*", true), ("*.service", ".service", true), ("*.service", "service", false),
        ("", "", true), ("", "x", false), ("?", "x", false), ("[a-z]", "a", false), (".", "x", false),
        ("\\*", "*", false),
        // Bytes are compared: an accent of its own and a letter with one are two names.
        ("caf\u{E9}.service", "cafe\u{301}.service", false), ("caf\u{E9}*", "cafe\u{301}.service", false),
        ("cafe*", "cafe\u{301}.service", true), ("a\0*", "a\0b", true), ("a", "a\0", false),
        ("*\u{301}", "cafe\u{301}", true),
    ]

    @Test("a unit matches byte by byte, a star stands for any number of bytes", arguments: patterns)
    func matches(pattern: String, unit: String, expected: Bool) {
        #expect(UnitPattern(pattern).matches(unit) == expected)
    }

    @Test("it agrees with a plain recursive matcher on random text")
    func model() {
        var random = SeededGenerator(seed: 4)
        for _ in 0..<20_000 {
            let pattern = Self.text(of: Array("ab*".utf8), using: &random)
            let unit = Self.text(of: Array("ab".utf8), using: &random)
            #expect(
                UnitPattern(pattern).matches(unit) == Self.model(Array(pattern.utf8)[...], Array(unit.utf8)[...]),
                "\(pattern) \(unit)")
        }
    }

    @Test("a hostile pattern is decided without backtracking", .timeLimit(.minutes(1)))
    func hostile() {
        let pattern = String(repeating: "a*", count: 60) + "b"
        #expect(!UnitPattern(pattern).matches(String(repeating: "a", count: 250)))
        #expect(UnitPattern(pattern).matches(String(repeating: "a", count: 250) + "b"))
    }

    private static func text(of alphabet: [UInt8], using random: inout SeededGenerator) -> String {
        let bytes = (0..<Int.random(in: 0...7, using: &random)).compactMap { _ in alphabet.randomElement(using: &random)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func model(_ pattern: ArraySlice<UInt8>, _ unit: ArraySlice<UInt8>) -> Bool {
        guard let head = pattern.first else { return unit.isEmpty }
        if head == UInt8(ascii: "*") {
            return model(pattern.dropFirst(), unit) || (!unit.isEmpty && model(pattern, unit.dropFirst()))
        }
        return unit.first == head && model(pattern.dropFirst(), unit.dropFirst())
    }
}
