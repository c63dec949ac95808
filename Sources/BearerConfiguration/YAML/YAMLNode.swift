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
