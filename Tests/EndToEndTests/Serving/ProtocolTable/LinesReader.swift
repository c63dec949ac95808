import BearerJSON

/// What the file of ``LinesFile`` says, read as the author of a client would read it.
enum LinesReader {
    typealias Line = (sent: [Notation], answered: [Notation])

    static func lines(in text: String) throws -> [Line] {
        let file = try JSONValue(parsing: Array(text.utf8))
        guard file.object?["format"]?.wholeNumber == LinesFile.format, let lines = file.object?["lines"]?.array else {
            throw Notation.Mistake(text: "not of format \(LinesFile.format)")
        }
        return try lines.map { line in
            let answered = try parts(line.object?["answered"])
            let isClosed = line.object?["closed"]?.bool == true
            return (try parts(line.object?["sent"]), answered + (isClosed ? [.closed] : []))
        }
    }

    private static func parts(_ value: JSONValue?) throws -> [Notation] {
        var parts: [Notation] = []
        for piece in value?.array ?? [] {
            if let text = piece.string {
                parts.append(bytes: Array(text.utf8))
            } else if let part = try part(piece.object) {
                parts.append(part)
            } else {
                parts.append(bytes: try bytes(piece.object))
            }
        }
        return parts
    }

    private static func part(_ piece: JSONObject?) throws -> Notation? {
        if let then = piece?["then"]?.string {
            switch then {
            case "packet": return .packet
            case "bytes": return .singleBytes
            case "end": return .end
            default: throw Notation.Mistake(text: "then: \(then)")
            }
        }
        return (piece?["any"] ?? piece?["current"])?.string.flatMap(Notation.Placeholder.init(rawValue:)).map {
            .placeholder($0)
        }
    }

    private static func bytes(_ piece: JSONObject?) throws -> [UInt8] {
        if let text = piece?["repeat"]?.string, let times = piece?["times"]?.wholeNumber {
            return Array(String(repeating: text, count: Int(times)).utf8)
        }
        guard let digits = piece?["hex"]?.string.map({ Array($0) }), digits.count.isMultiple(of: 2) else {
            throw Notation.Mistake(text: "a piece that is none")
        }
        return try stride(from: 0, to: digits.count, by: 2).map { index in
            guard let byte = UInt8(String(digits[index...(index + 1)]), radix: 16) else {
                throw Notation.Mistake(text: "no hexadecimal digits")
            }
            return byte
        }
    }
}
