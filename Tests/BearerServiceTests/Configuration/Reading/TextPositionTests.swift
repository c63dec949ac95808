import Testing

@testable import BearerService

@Suite struct TextPositionTests {
    @Test(
        "every scalar has its place, and the place leads back to it",
        arguments: ["", "ab\ncd", "a\r\nb\rc\n\nd", "ä📺\u{301}x\u{2028}y\u{85}z", "\n"])
    func roundTrip(text: String) {
        for index in text.unicodeScalars.indices where !isSecondOfLineEnd(index, in: text) {
            let position = TextPosition(of: index, in: text)
            #expect(position.index(in: text) == index)
        }
    }

    @Test(
        "lines end as YAML ends them, columns are scalars",
        arguments: [("a\nb", 2, 1), ("a\r\nb", 2, 1), ("a\rb", 2, 1), ("a\u{85}b", 2, 1), ("ä📺b", 1, 3), ("b", 1, 1)])
    func place(text: String, line: Int, column: Int) throws {
        let index = try #require(text.unicodeScalars.firstIndex(of: "b"))
        #expect(TextPosition(of: index, in: text) == TextPosition(line: line, column: column))
    }

    @Test("a place beyond the text has no index")
    func beyond() {
        #expect(TextPosition(line: 1, column: 3).index(in: "ab") == nil)
        #expect(TextPosition(line: 2, column: 1).index(in: "ab") == nil)
        #expect(TextPosition(line: 1, column: 3).index(in: "a\nb") == nil)
    }

    private func isSecondOfLineEnd(_ index: String.Index, in text: String) -> Bool {
        let scalars = text.unicodeScalars
        return scalars[index] == "\n" && index > scalars.startIndex && scalars[scalars.index(before: index)] == "\r"
    }
}
