import Testing

@testable import BearerCore

@Suite struct SpellingTests {
    @Test(
        "the distance counts insertions, removals, replacements and swaps",
        arguments: [
            ("", "", 0), ("a", "", 1), ("", "ab", 2), ("wait", "wait", 0), ("wiat", "wait", 1), ("wat", "wait", 1),
            ("waiit", "wait", 1), ("wart", "wait", 1), ("kitten", "sitting", 3), ("abc", "cab", 2), ("ca", "abc", 3),
            ("ab", "ba", 1),
        ])
    func distance(left: String, right: String, distance: Int) {
        #expect(Spelling.distance(Array(left.utf8), Array(right.utf8)) == distance)
        #expect(Spelling.distance(Array(right.utf8), Array(left.utf8)) == distance)
    }

    @Test(
        "only a near word is suggested",
        arguments: [
            ("lmits", "limits"), ("Limit", "limits"), ("lim", "limits"), ("budegt", "budget"), ("x", nil), ("li", nil),
            ("profile", nil), ("", nil), (String(repeating: "l", count: 65), nil),
        ])
    func nearest(word: String, suggestion: String?) {
        #expect(Spelling.nearest(to: word, among: ["limits", "budget", "audit"]) == suggestion)
    }

    @Test(
        "short words are told apart too",
        arguments: [
            ("wiat", "wait"), ("wait", "wait"), ("waits", "wait"), ("min-valid", "min_valid"),
            ("minValid", "min_valid"), ("profil", "profile"), ("Profile", "profile"), ("opp", "op"), ("o", "op"),
            ("", nil), ("timeout", nil), ("xy", nil), ("iw", nil),
        ] as [(String, String?)])
    func nearestShort(word: String, suggestion: String?) {
        #expect(Spelling.nearest(to: word, among: ["op", "profile", "min_valid", "wait"]) == suggestion)
    }

    @Test("a word of one letter is not suggested, and of two that are as near the first is")
    func nearestEdges() {
        #expect(Spelling.nearest(to: "x", among: ["a", "b"]) == nil)
        #expect(Spelling.nearest(to: "bat", among: ["cat", "hat"]) == "cat")
        let longest = String(repeating: "l", count: 64)
        #expect(Spelling.nearest(to: longest, among: [longest]) == longest)
        #expect(Spelling.nearest(to: longest + "l", among: [longest + "l"]) == nil)
    }

    @Test("a third of the letters may be wrong, at least one and at most three")
    func tolerance() {
        #expect(Spelling.nearest(to: "waxx", among: ["wait"]) == nil, "two of four")
        #expect(Spelling.nearest(to: "bedgit", among: ["budget"]) == "budget", "two of six")
        #expect(Spelling.nearest(to: "registrXXXon", among: ["registration"]) == "registration", "three of twelve")
        #expect(Spelling.nearest(to: "registrXXXXn", among: ["registration"]) == nil, "four are too many")
    }
}
