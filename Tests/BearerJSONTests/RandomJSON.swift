import BearerJSON
import TestSupport

/// Values of every kind, a few levels deep.
extension JSONValue {
    static func random(depth: Int = 4, using generator: inout SeededGenerator) -> JSONValue {
        switch Int.random(in: 0..<(depth == 0 ? 4 : 6), using: &generator) {
        case 0: return .null
        case 1: return .bool(.random(using: &generator))
        case 2: return .number(JSONNumber(Int64.random(in: .min ... .max, using: &generator) >> 7))
        case 3: return .string(randomText(using: &generator))
        case 4:
            let count = Int.random(in: 0...3, using: &generator)
            return .array((0..<count).map { _ in random(depth: depth - 1, using: &generator) })
        default:
            let count = Int.random(in: 0...3, using: &generator)
            return .object(
                JSONObject(
                    (0..<count).map {
                        ("\($0)" + randomText(using: &generator), random(depth: depth - 1, using: &generator))
                    }))
        }
    }

    private static func randomText(using generator: inout SeededGenerator) -> String {
        let alphabet: [Character] = ["\0", "\u{1F}", "\"", "\\", "/", "a", "\n", "\u{7F}", "é", "漢", "😀", "\u{10FFFF}"]
        let count = Int.random(in: 0...8, using: &generator)
        return String((0..<count).map { _ in alphabet.randomElement(using: &generator) ?? "a" })
    }
}
