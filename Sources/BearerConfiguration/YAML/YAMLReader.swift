internal import BearerCore

/// Reads a text as one YAML document and reports what YAML allows but a configuration does not need: anchors, aliases,
/// tags, merge keys, keys that are not text, repeated keys.
struct YAMLReader {
    /// Far more than a configuration needs. The reader calls itself for each level.
    private static let deepest = 32

    private let events: YAMLEvents
    private let problems: ConfigurationProblems
    private var anchors: Set<String> = []

    /// The root of the document; nil if there is none, or if the problems say why it cannot be read.
    static func root(of text: String, problems: ConfigurationProblems) -> YAMLNode? {
        do throws(YAMLSyntaxProblem) {
            try YAMLText.check(text)
            var reader = YAMLReader(events: try YAMLEvents(text), problems: problems)
            return try reader.document()
        } catch {
            problems.report(at: error.position, found: error.found, expected: error.expected)
            return nil
        }
    }

    private init(events: YAMLEvents, problems: ConfigurationProblems) {
        self.events = events
        self.problems = problems
    }

    private mutating func document() throws(YAMLSyntaxProblem) -> YAMLNode? {
        var root: YAMLNode?
        var isFirst = true
        while true {
            let event = try events.next()
            switch event.kind {
            case .streamStart, .documentEnd: continue
            case .streamEnd: return root
            case .documentStart where isFirst:
                isFirst = false
                root = try node(events.next(), depth: 0)
            default: throw .secondDocument(at: event.position)
            }
        }
    }

    /// The value that begins with `event`; nil if it cannot be used, which is reported.
    private mutating func node(_ event: YAMLEvent, depth: Int) throws(YAMLSyntaxProblem) -> YAMLNode? {
        guard depth <= Self.deepest else { throw .tooDeep(at: event.position, limit: Self.deepest) }
        let isUsable = check(event)
        switch event.kind {
        case .scalar(let text, let isPlain):
            return isUsable ? YAMLNode(position: event.position, content: .scalar(text, isPlain: isPlain)) : nil
        case .sequenceStart:
            let nodes = try elements(depth: depth + 1)
            return isUsable ? YAMLNode(position: event.position, content: .sequence(nodes)) : nil
        case .mappingStart:
            let entries = try entries(depth: depth + 1)
            return isUsable ? YAMLNode(position: event.position, content: .mapping(entries)) : nil
        default:
            return nil
        }
    }

    private mutating func elements(depth: Int) throws(YAMLSyntaxProblem) -> [YAMLNode] {
        var nodes: [YAMLNode] = []
        while true {
            let event = try events.next()
            if event.kind == .sequenceEnd { return nodes }
            if let node = try node(event, depth: depth) { nodes.append(node) }
        }
    }

    private mutating func entries(depth: Int) throws(YAMLSyntaxProblem) -> [YAMLEntry] {
        var entries: [YAMLEntry] = []
        var firsts: [String: TextPosition] = [:]
        while true {
            let event = try events.next()
            if event.kind == .mappingEnd { return entries }
            let position = event.position
            let key = try node(event, depth: depth).flatMap(name)
            let value = try node(events.next(), depth: depth)
            guard let key else { continue }
            if let first = firsts[key] {
                problems.report(
                    at: position, found: "repeated key \(Quotation.quoted(key)) (first in line \(first.line))",
                    expected: "each key once")
            } else {
                firsts[key] = position
                if let value { entries.append(YAMLEntry(key: key, keyPosition: position, value: value)) }
            }
        }
    }

    /// Reports an anchor, an alias or a tag. Only the anchor is reported where there are aliases of it.
    private mutating func check(_ event: YAMLEvent) -> Bool {
        if let anchor = event.anchor {
            anchors.insert(anchor)
            problems.report(
                at: event.position, found: "an anchor (&)", expected: "values without anchors, aliases and merge keys")
            return false
        }
        if let tag = event.tag {
            problems.report(
                at: event.position, found: "the tag \(Quotation.quoted(tag))", expected: "a value without a tag")
            return false
        }
        if case .alias(let name) = event.kind, !anchors.contains(name) {
            problems.report(
                at: event.position, found: "an alias (*)",
                expected: "values without aliases, and quotes around a text that begins with *")
        }
        return true
    }

    /// The key that a node stands for; nil if it is none, which is reported.
    private func name(of key: YAMLNode) -> String? {
        guard case .scalar(let text, _) = key.content, !text.isEmpty else {
            problems.report(at: key.position, found: "a key that is not text", expected: "a key that is a word")
            return nil
        }
        guard text != "<<" else {
            problems.report(
                at: key.position, found: "a merge key (<<)",
                expected: "values without anchors, aliases and merge keys")
            return nil
        }
        return text
    }
}

/// A YAML document as far as a configuration needs it: no anchors, no tags, keys that are text and occur once.
struct YAMLNode {
    enum Content {
        /// `isPlain` if it was written without quotes, so that it may be a number, a boolean or nothing.
        case scalar(String, isPlain: Bool)
        case sequence([YAMLNode])
        case mapping([YAMLEntry])
    }

    let position: TextPosition
    let content: Content
}

/// A key of a mapping with its value.
struct YAMLEntry {
    let key: String
    let keyPosition: TextPosition
    let value: YAMLNode
}

/// What a text must not hold before libyaml sees it.
private enum YAMLText {
    /// Far more than a configuration needs. libyaml compares each `%TAG` with all those before it.
    private static let maximumDirectives = 32

    static func check(_ text: String) throws(YAMLSyntaxProblem) {
        let scalars = text.unicodeScalars
        if let index = scalars.firstIndex(where: isForbidden) {
            // libyaml gives no place for it.
            throw YAMLSyntaxProblem(
                position: TextPosition(of: index, in: text),
                found: "the character U+\(String(scalars[index].value, radix: 16, uppercase: true))",
                expected: "text without control characters")
        }
        let directives = scalars.split(whereSeparator: TextPosition.isLineBreak).filter { $0.first == "%" }
        if let excess = directives.dropFirst(maximumDirectives).first {
            throw YAMLSyntaxProblem(
                position: TextPosition(of: excess.startIndex, in: text),
                found: "more than \(maximumDirectives) directives (%)", expected: "at most \(maximumDirectives)")
        }
    }

    private static func isForbidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A, 0x0D, 0x85: false
        case ..<0x20, 0x7F..<0xA0, 0xFEFF, 0xFFFE, 0xFFFF: true
        default: false
        }
    }
}

/// What a scalar written without quotes stands for: the core schema of YAML 1.2, section 10.3, but decimal numbers only.
///
/// `yes`, `no`, `on` and `off` are text, as in YAML 1.2. Numbers with a leading zero are neither numbers nor text,
/// because readers disagree on whether they are octal.
enum YAMLScalar: Equatable {
    case null
    case boolean(Bool)
    case integer(Int)
    case number(Double)
    /// Looks like a number, but is not one that can be used: octal, hexadecimal, with underscores, infinite.
    case oddNumber
    case text

    init(plain text: String) {
        switch text {
        case "", "~", "null", "Null", "NULL": self = .null
        case "true", "True", "TRUE": self = .boolean(true)
        case "false", "False", "FALSE": self = .boolean(false)
        default: self = Self.number(text)
        }
    }

    private static func number(_ text: String) -> YAMLScalar {
        var rest = Substring(text).utf8
        _ = rest.take("+-")
        if [".inf", ".nan"].contains(Substring(rest).lowercased()) { return .oddNumber }
        var prefixed = rest
        if prefixed.take("0"), prefixed.take("xXoObB") {
            return !prefixed.isEmpty && prefixed.allSatisfy { ASCII.isHexadecimal($0) || $0 == underscore }
                ? .oddNumber : .text
        }
        guard let form = DecimalForm(rest) else { return .text }
        if form.isOdd { return .oddNumber }
        if form.isWhole, let integer = Int(text) { return .integer(integer) }
        if let number = Double(text), number.isFinite { return .number(number) }
        return .oddNumber
    }
}

private let underscore = UInt8(ascii: "_")

/// How a decimal number without a sign is written.
private struct DecimalForm {
    /// Without a decimal point and an exponent.
    let isWhole: Bool
    /// With a leading zero or with underscores.
    let isOdd: Bool

    /// Nil if this is no decimal number.
    init?(_ text: Substring.UTF8View) {
        var rest = text
        let whole = rest.takeDigits()
        let hasPoint = rest.take(".")
        let fraction = hasPoint ? rest.takeDigits() : rest.prefix(0)
        let hasExponent = rest.take("eE")
        if hasExponent {
            _ = rest.take("+-")
            let exponent = rest.takeDigits()
            guard !exponent.isEmpty, exponent.allSatisfy(ASCII.isDigit) else { return nil }
        }
        guard rest.isEmpty else { return nil }
        if let first = whole.first {
            guard ASCII.isDigit(first) else { return nil }
        } else {
            guard !fraction.isEmpty, fraction.allSatisfy(ASCII.isDigit) else { return nil }
        }
        isWhole = !hasPoint && !hasExponent
        isOdd =
            (whole.count > 1 && whole.first == UInt8(ascii: "0")) || whole.contains(underscore)
            || fraction.contains(underscore)
    }
}

extension Substring.UTF8View {
    /// Removes the first byte if it is one of `bytes`.
    fileprivate mutating func take(_ bytes: String) -> Bool {
        guard let first, bytes.utf8.contains(first) else { return false }
        removeFirst()
        return true
    }

    /// Removes the digits and underscores at the beginning and returns them.
    fileprivate mutating func takeDigits() -> Substring.UTF8View {
        let digits = prefix { ASCII.isDigit($0) || $0 == underscore }
        self = self[digits.endIndex...]
        return digits
    }
}
