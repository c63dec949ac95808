internal import CYAML

/// What libyaml finds in a text, as far as a configuration needs to know it.
struct YAMLEvent {
    enum Kind: Equatable {
        case streamStart, streamEnd, documentStart, documentEnd
        case alias(String)
        /// `isPlain` if it was written without quotes and without a tag.
        case scalar(String, isPlain: Bool)
        case sequenceStart, sequenceEnd, mappingStart, mappingEnd
    }

    let kind: Kind
    let position: TextPosition
    /// The name after `&`.
    let anchor: String?
    /// In full; nil also where it only says that this is a text, a list or a mapping.
    let tag: String?
}

/// The events of libyaml's parser over one text, one at a time. Frees what libyaml allocates.
final class YAMLEvents {
    private let text: String
    private let input: UnsafeMutableBufferPointer<UInt8>
    private let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)

    init(_ text: String) throws(YAMLSyntaxProblem) {
        self.text = text
        input = .allocate(capacity: text.utf8.count)
        _ = input.initialize(from: text.utf8)
        guard yaml_parser_initialize(parser) == 1 else { throw .unknown }
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, input.baseAddress, input.count)
    }

    deinit {
        // Also after yaml_parser_initialize failed: it then leaves null pointers.
        yaml_parser_delete(parser)
        parser.deallocate()
        input.deallocate()
    }

    func next() throws(YAMLSyntaxProblem) -> YAMLEvent {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) == 1 else { throw problem() }
        defer { yaml_event_delete(&event) }
        return YAMLEvent(event)
    }

    private func problem() -> YAMLSyntaxProblem {
        let mark = parser.pointee.problem_mark
        guard [YAML_SCANNER_ERROR, YAML_PARSER_ERROR].contains(parser.pointee.error),
            let problem = parser.pointee.problem
        else { return .unknown }
        if text.unicodeScalars.dropFirst(mark.index).first == "\t" { return .tab(at: TextPosition(mark)) }
        return .syntax(
            String(cString: problem), context: parser.pointee.context.map { String(cString: $0) },
            at: TextPosition(mark))
    }
}

extension YAMLEvent {
    fileprivate init(_ event: yaml_event_t) {
        position = TextPosition(event.start_mark)
        let data = event.data
        switch event.type {
        case YAML_SCALAR_EVENT:
            let scalar = data.scalar
            let bytes = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
            let isPlain = scalar.style == YAML_PLAIN_SCALAR_STYLE && scalar.tag == nil
            kind = .scalar(String(decoding: bytes, as: UTF8.self), isPlain: isPlain)
            anchor = Self.string(scalar.anchor)
            tag = Self.tag(scalar.tag)
        case YAML_SEQUENCE_START_EVENT:
            kind = .sequenceStart
            anchor = Self.string(data.sequence_start.anchor)
            tag = Self.tag(data.sequence_start.tag)
        case YAML_MAPPING_START_EVENT:
            kind = .mappingStart
            anchor = Self.string(data.mapping_start.anchor)
            tag = Self.tag(data.mapping_start.tag)
        default:
            kind = Self.plainKind(of: event)
            anchor = nil
            tag = nil
        }
    }

    /// The kind of an event that has neither an anchor nor a tag.
    private static func plainKind(of event: yaml_event_t) -> Kind {
        switch event.type {
        case YAML_ALIAS_EVENT: .alias(string(event.data.alias.anchor) ?? "")
        case YAML_SEQUENCE_END_EVENT: .sequenceEnd
        case YAML_MAPPING_END_EVENT: .mappingEnd
        case YAML_DOCUMENT_START_EVENT: .documentStart
        case YAML_DOCUMENT_END_EVENT: .documentEnd
        case YAML_STREAM_START_EVENT: .streamStart
        default: .streamEnd
        }
    }

    private static func tag(_ pointer: UnsafePointer<UInt8>?) -> String? {
        string(pointer).flatMap { [YAML_STR_TAG, YAML_SEQ_TAG, YAML_MAP_TAG, "!"].contains($0) ? nil : $0 }
    }

    private static func string(_ pointer: UnsafePointer<UInt8>?) -> String? {
        pointer.map { String(cString: $0) }
    }
}

extension TextPosition {
    fileprivate init(_ mark: yaml_mark_t) {
        self.init(line: Int(mark.line) + 1, column: Int(mark.column) + 1)
    }
}

/// Why the reading of a text ends early.
struct YAMLSyntaxProblem: Error {
    let position: TextPosition?
    let found: String
    let expected: String

    /// libyaml ran out of memory, or does not say what is wrong.
    static let unknown = YAMLSyntaxProblem(
        position: nil, found: "not YAML: it cannot be parsed", expected: "a YAML mapping")

    /// What libyaml says.
    static func syntax(_ problem: String, context: String?, at position: TextPosition) -> YAMLSyntaxProblem {
        YAMLSyntaxProblem(
            position: position, found: "not YAML: \(problem)" + (context.map { " (\($0))" } ?? ""),
            expected: "a YAML mapping")
    }

    static func tab(at position: TextPosition) -> YAMLSyntaxProblem {
        YAMLSyntaxProblem(
            position: position, found: "a tab",
            expected: "spaces: YAML takes no tabs for indentation; sed -i 's/\\t/  /g' on the file makes them")
    }

    static func secondDocument(at position: TextPosition) -> YAMLSyntaxProblem {
        YAMLSyntaxProblem(position: position, found: "a second document", expected: "one document")
    }

    static func tooDeep(at position: TextPosition, limit: Int) -> YAMLSyntaxProblem {
        YAMLSyntaxProblem(
            position: position, found: "more than \(limit) levels of nesting", expected: "at most \(limit)")
    }
}

/// A place in a text: line and column, both from 1. Columns count Unicode scalars, as YAML readers do.
struct TextPosition: Sendable, Hashable, Comparable {
    var line: Int
    var column: Int

    static func < (left: TextPosition, right: TextPosition) -> Bool {
        (left.line, left.column) < (right.line, right.column)
    }
}

extension TextPosition {
    /// Where `index` is in `text`.
    init(of index: String.Index, in text: String) {
        self.init(line: 1, column: 1)
        let scalars = text.unicodeScalars
        var current = scalars.startIndex
        while current < index {
            let scalar = scalars[current]
            current = scalars.index(after: current)
            advance(over: scalar, before: current < scalars.endIndex ? scalars[current] : nil)
        }
    }

    private mutating func advance(over scalar: Unicode.Scalar, before next: Unicode.Scalar?) {
        if Self.isLineBreak(scalar), scalar != "\r" || next != "\n" {
            line += 1
            column = 1
        } else {
            column += 1
        }
    }

    /// The line breaks of YAML 1.1, section 4.2, which libyaml counts.
    static func isLineBreak(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}": true
        default: false
        }
    }
}
