import Testing

@testable import BearerService

@Suite struct SpellingTests {
    @Test(
        "the distance counts insertions, removals, replacements and swaps",
        arguments: [
            ("", "", 0), ("a", "", 1), ("", "ab", 2), ("wait", "wait", 0), ("wiat", "wait", 1), ("wat", "wait", 1),
            ("waiit", "wait", 1), ("wart", "wait", 1), ("kitten", "sitting", 3), ("abc", "cab", 2),
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
}
