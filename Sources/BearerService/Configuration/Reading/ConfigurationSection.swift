/// A mapping with a closed set of keys. Others are reported when the section is made.
///
/// A section that is absent, or whose keys are all commented out, has no values.
struct ConfigurationSection<Key: RawRepresentable<String> & CaseIterable> {
    private var values: [String: ConfigurationValue] = [:]

    init(_ value: ConfigurationValue?) {
        guard let value, !value.isNull, let entries = value.entries() else { return }
        let keys = Key.allCases.map(\.rawValue)
        for entry in entries where keys.contains(entry.key) {
            values[entry.key] = entry.value
        }
        for entry in entries where !keys.contains(entry.key) {
            value.problems.report(
                at: entry.position,
                found: "unknown key \(Quotation.quoted(entry.key))" + (value.path.isEmpty ? "" : " in \(value.path)"),
                expected: keys.count == 1 ? keys[0] : "one of " + keys.joined(separator: ", "),
                suggestion: Spelling.nearest(to: entry.key, among: keys))
        }
    }

    subscript(key: Key) -> ConfigurationValue? {
        values[key.rawValue]
    }
}
