/// The shape of a software statement: three base64url parts with a dot between them. RFC 7515 section 7.1.
enum CompactJWS {
    static func isWellFormed(_ text: String) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return parts.count == 3 && parts.allSatisfy { isBase64URL($0) }
    }

    /// Unpadded base64url of at least one byte; no encoding is 1 character longer than a multiple of 4.
    private static func isBase64URL(_ part: Substring.UTF8View.SubSequence) -> Bool {
        part.count >= 2 && part.count % 4 != 1
            && part.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }
}
