import Testing

@testable import BearerProtocol

@Suite struct NearestNameTests {
    @Test(
        "a mistyped name suggests the one that was meant",
        arguments: [
            ("wiat", "wait"), ("wait", "wait"), ("waits", "wait"), ("min-valid", "min_valid"),
            ("minValid", "min_valid"),
            ("profil", "profile"), ("Profile", "profile"), ("opp", "op"), ("o", "op"),
            ("", nil), ("timeout", nil), ("xy", nil), ("iw", nil),
        ] as [(String, String?)])
    func nearest(name: String, expected: String?) {
        #expect(NearestName.of(name, among: ["op", "profile", "min_valid", "wait"]) == expected)
    }

    @Test(
        "the distance counts letters inserted, dropped, replaced and swapped",
        arguments: [
            ("", "", 0), ("", "abc", 3), ("abc", "", 3), ("abc", "abc", 0), ("abc", "abd", 1), ("abc", "acb", 1),
            ("abc", "bca", 2), ("ca", "abc", 3), ("kitten", "sitting", 3),
        ])
    func distance(left: String, right: String, expected: Int) {
        #expect(NearestName.distance(Array(left.utf8), Array(right.utf8)) == expected)
    }
}
