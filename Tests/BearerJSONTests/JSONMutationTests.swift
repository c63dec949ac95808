import BearerJSON
import TestSupport
import Testing

@Suite struct JSONMutationTests {
    @Test("a damaged document is refused, or read and written to the same value", arguments: 0..<3000 as Range<UInt64>)
    func mutated(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var bytes = JSONValue.random(using: &generator).encoded
        for _ in 0...Int.random(in: 0...3, using: &generator) { damage(&bytes, using: &generator) }
        guard let value = try? JSONValue(parsing: bytes) else { return }
        #expect(try JSONValue(parsing: value.encoded) == value)
    }

    @Test("random punctuation never traps", arguments: 0..<3000 as Range<UInt64>)
    func punctuation(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let alphabet = Array(#"{}[]:,"\u0dD8tfn-1.eE "#.utf8) + [0x00, 0x80, 0xC3, 0xED, 0xF0, 0xFF]
        let count = Int.random(in: 0...40, using: &generator)
        _ = problem((0..<count).map { _ in alphabet.randomElement(using: &generator) ?? 0 })
    }

    @Test("every beginning of a document is refused", arguments: [#"{"a":[1,"\ud83d\ude00é",true,{"b":null}]}"#])
    func truncated(text: String) {
        let bytes = Array(text.utf8)
        for count in 0..<bytes.count { #expect(problem(Array(bytes.prefix(count))) != nil, "\(count) bytes") }
    }

    private func damage(_ bytes: inout [UInt8], using generator: inout SeededGenerator) {
        let place = Int.random(in: 0...bytes.count, using: &generator)
        if place == bytes.count || generator.chance(3) {
            bytes.insert(.random(in: 0...255, using: &generator), at: place)
        } else if generator.chance(2) {
            bytes.remove(at: place)
        } else {
            bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        }
    }
}
