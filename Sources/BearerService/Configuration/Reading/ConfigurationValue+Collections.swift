extension ConfigurationValue {
    /// A key of a mapping, where it stands, and its value.
    struct Entry {
        let key: String
        let position: TextPosition
        let value: ConfigurationValue
    }

    /// The entries of a mapping, in the order of the file.
    func entries(expected: String = "a mapping (key: value)") -> [Entry]? {
        guard case .mapping(let entries) = node.content else {
            refuse(expected: expected)
            return nil
        }
        return entries.map { entry in
            let name = Quotation.isShort(entry.key) ? entry.key : "…"
            let value = ConfigurationValue(
                node: entry.value, path: path.isEmpty ? name : "\(path).\(name)", problems: problems)
            return Entry(key: entry.key, position: entry.keyPosition, value: value)
        }
    }

    /// The elements of a list that is not empty.
    func elements(of what: String) -> [ConfigurationValue]? {
        let expected = "a list of \(what), at least one"
        guard case .sequence(let nodes) = node.content else {
            refuse(expected: expected)
            return nil
        }
        guard !nodes.isEmpty else {
            refuse(found: "is an empty list", expected: expected)
            return nil
        }
        return nodes.enumerated().map { index, node in
            ConfigurationValue(node: node, path: "\(path)[\(index)]", problems: problems)
        }
    }
}
