import BearerCore
import Testing

@Suite struct ProfileNameTests {
    @Test(
        "names that follow the rule",
        arguments: ["a", "0", "default", "a.b-c", "9--..", String(repeating: "x", count: 32)])
    func valid(name: String) {
        #expect(ProfileName.isValid(name.utf8))
    }

    @Test(
        "names that do not",
        arguments: [
            "", "-a", ".a", "A", "aB", "a_b", "a b", "a/b", "..", "é", "a\0", "a\n", String(repeating: "x", count: 33),
        ])
    func invalid(name: String) {
        #expect(!ProfileName.isValid(name.utf8))
    }
}
