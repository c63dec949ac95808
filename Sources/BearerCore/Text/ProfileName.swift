/// The names that profiles may have: `[a-z0-9][a-z0-9.-]{0,31}`.
///
/// A name is also that of a directory in the state directory and an id of `LoadCredential=`. `access_token`, the id that
/// stands for the default profile, has an underscore so that no profile can have it.
package enum ProfileName {
    /// The profile that is meant where none is named.
    package static let standard = "default"

    /// The rule, for messages.
    package static let pattern = "[a-z0-9][a-z0-9.-]{0,31}"

    /// Whether the bytes of a name follow the rule.
    package static func isValid(_ name: some Collection<UInt8>) -> Bool {
        guard let first = name.first, isLetterOrDigit(first) else { return false }
        return name.count <= 32
            && name.allSatisfy { isLetterOrDigit($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
    }
}
