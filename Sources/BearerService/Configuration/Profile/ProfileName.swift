/// The name of a profile: `[a-z0-9][a-z0-9.-]{0,31}`.
///
/// It names a directory of the state directory and an id of `LoadCredential=`. `access_token`, the id that stands for
/// the default profile, has an underscore so that no profile can have it.
package enum ProfileName {
    /// The profile that is meant where none is named.
    package static let standard = "default"

    static let expectation = "1 to 32 of a-z, 0-9, '.' and '-', the first a letter or digit"

    package static func isValid(_ name: String) -> Bool {
        let isAlphanumeric = { (byte: UInt8) in ASCII.isLowercaseLetter(byte) || ASCII.isDigit(byte) }
        return (1...32).contains(name.utf8.count) && name.utf8.first.map(isAlphanumeric) == true
            && name.utf8.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }
    }
}
