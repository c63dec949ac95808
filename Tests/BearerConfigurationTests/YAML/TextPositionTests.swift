import Testing

@testable import BearerConfiguration

@Suite struct TextPositionTests {
    @Test(
        "lines end as YAML ends them, columns are scalars",
        arguments: [("a\nb", 2, 1), ("a\r\nb", 2, 1), ("a\rb", 2, 1), ("a\u{85}b", 2, 1), ("ä📺b", 1, 3), ("b", 1, 1)])
    func place(text: String, line: Int, column: Int) throws {
        let index = try #require(text.unicodeScalars.firstIndex(of: "b"))
        #expect(TextPosition(of: index, in: text) == TextPosition(line: line, column: column))
    }
}
