internal import BearerState

/// The line before a file's contents that shows whether they are whole.
enum Checksum {
    /// `body` with its checksum before it.
    static func added(to body: [UInt8]) -> [UInt8] {
        Array((SHA256.hexadecimal(of: body[...]) + "\n").utf8) + body
    }

    /// The contents; `nil` when the checksum is not theirs.
    static func removed(from bytes: [UInt8]) -> ArraySlice<UInt8>? {
        guard let lineEnd = bytes.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        let body = bytes[(lineEnd + 1)...]
        return bytes[..<lineEnd].elementsEqual(SHA256.hexadecimal(of: body).utf8) ? body : nil
    }
}
