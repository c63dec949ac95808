internal import Yams

/// Reads a text as one YAML document and reports what YAML allows but a configuration does not need: anchors, aliases,
/// tags, merge keys, keys that are not text.
struct YAMLReader {
    private let problems: ConfigurationProblems
    private var repeatedKeys: RepeatedKeys

    /// The root of the document; nil if there is none, or if the problems say why it cannot be read.
    static func root(of text: String, problems: ConfigurationProblems) -> YAMLNode? {
        guard isPrintable(text, problems: problems) else { return nil }
        var reader = YAMLReader(problems: problems, repeatedKeys: RepeatedKeys(text: text))
        return reader.read()
    }

    private mutating func read() -> YAMLNode? {
        while true {
            do {
                // `.utf8`: the default asks the environment.
                let parser = try Parser(yaml: repeatedKeys.text, resolver: .basic, encoding: .utf8)
                // Nodes hold their anchors weakly: the parser keeps them alive.
                return try withExtendedLifetime(parser) { try parser.singleRoot().flatMap(convert) }
            } catch YamlError.duplicatedKeysInMapping(let names, let context) {
                let position = TextPosition(context.mark)
                guard let name = names.first, repeatedKeys.disguise(name, at: position) else {
                    problems.report(at: position, found: "a repeated key", expected: "each key once, and only text")
                    return nil
                }
            } catch {
                YAMLSyntaxProblem(error).report(to: problems, in: repeatedKeys.text)
                return nil
            }
        }
    }

    /// Reports a control character, for which the parser gives no place.
    private static func isPrintable(_ text: String, problems: ConfigurationProblems) -> Bool {
        let scalars = text.unicodeScalars
        let isForbidden = { (scalar: Unicode.Scalar) in
            switch scalar.value {
            case 0x09, 0x0A, 0x0D, 0x85: false
            case ..<0x20, 0x7F..<0xA0, 0xFEFF, 0xFFFE, 0xFFFF: true
            default: false
            }
        }
        guard let index = scalars.firstIndex(where: isForbidden) else { return true }
        problems.report(
            at: TextPosition(of: index, in: text),
            found: "the character U+\(String(scalars[index].value, radix: 16, uppercase: true))",
            expected: "text without control characters")
        return false
    }
}

extension YAMLReader {
    private func convert(_ node: Node) -> YAMLNode? {
        let position = node.mark.map(TextPosition.init) ?? TextPosition(line: 1, column: 1)
        guard node.anchor == nil else {
            problems.report(
                at: position, found: "an anchor (&)", expected: "values without anchors, aliases and merge keys")
            return nil
        }
        switch node {
        case .scalar(let scalar):
            guard isUntagged(scalar.tag, position) else { return nil }
            let isPlain = scalar.style == .plain && scalar.tag.rawValue == Tag.Name.implicit.rawValue
            return YAMLNode(position: position, content: .scalar(scalar.string, isPlain: isPlain))
        case .sequence(let sequence):
            guard isUntagged(sequence.tag, position) else { return nil }
            return YAMLNode(position: position, content: .sequence(sequence.compactMap(convert)))
        case .mapping(let mapping):
            guard isUntagged(mapping.tag, position) else { return nil }
            return YAMLNode(position: position, content: .mapping(entries(of: mapping)))
        case .alias:
            return nil
        }
    }

    private func isUntagged(_ tag: Tag, _ position: TextPosition) -> Bool {
        let usual: [Tag.Name] = [.implicit, .nonSpecific, .str, .seq, .map]
        guard !usual.contains(where: { $0.rawValue == tag.rawValue }) else { return true }
        problems.report(
            at: position, found: "the tag \(Quotation.quoted(tag.rawValue))", expected: "a value without a tag")
        return false
    }

    private func entries(of mapping: Node.Mapping) -> [YAMLEntry] {
        var firsts: [String: TextPosition] = [:]
        return mapping.compactMap { key, value in
            guard let name = name(of: key), let position = key.mark.map(TextPosition.init) else { return nil }
            if let first = firsts[name] {
                reportRepetition(of: name, at: position, first: first)
                return nil
            }
            firsts[name] = position
            return convert(value).map { YAMLEntry(key: name, keyPosition: position, value: $0) }
        }
    }

    private func name(of key: Node) -> String? {
        let position = key.mark.map(TextPosition.init)
        if let position, let name = repeatedKeys.names[position] { return name }
        guard let node = convert(key) else { return nil }
        guard case .scalar(let text, _) = node.content, !text.isEmpty else {
            problems.report(at: position, found: "a key that is not text", expected: "a key that is a word")
            return nil
        }
        guard text != "<<" else {
            problems.report(
                at: position, found: "a merge key (<<)", expected: "values without anchors, aliases and merge keys")
            return nil
        }
        return text
    }

    private func reportRepetition(of key: String, at position: TextPosition, first: TextPosition) {
        problems.report(
            at: position, found: "repeated key \(Quotation.quoted(key)) (first in line \(first.line))",
            expected: "each key once")
    }
}
