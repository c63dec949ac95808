/// Gets a text with repeated keys through a parser that stops at the first of them, so that all can be reported.
///
/// The parser names the repeated key and where it stands first. That occurrence gets another name here, one scalar for
/// one scalar, so that no position changes, and the text is parsed again.
struct RepeatedKeys {
    private(set) var text: String
    /// The names of the keys that were changed.
    private(set) var names: [TextPosition: String] = [:]

    /// Each costs a run of the parser.
    private static let most = 32

    init(text: String) {
        self.text = text
    }

    /// What the parser calls a key that is not a scalar.
    private static let unnamed = "<uncovertable>"

    /// Changes the key `name` at `position`. False if that cannot be done: too many, or a key that is not text.
    mutating func disguise(_ name: String, at position: TextPosition) -> Bool {
        let substitute = UInt32(0xF_0000 + names.count)
        guard names.count < Self.most, names[position] == nil, !name.isEmpty, name != Self.unnamed,
            var index = position.index(in: text), let scalar = Unicode.Scalar(substitute)
        else { return false }
        if "\"'".unicodeScalars.contains(text.unicodeScalars[index]) {
            index = text.unicodeScalars.index(after: index)
        }
        guard index < text.unicodeScalars.endIndex else { return false }
        text.unicodeScalars.replaceSubrange(index...index, with: CollectionOfOne(scalar))
        names[position] = name
        return true
    }
}
