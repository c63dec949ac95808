/// Why a text is not what its key wants.
struct UnfitValue: Error, Equatable {
    /// Goes after the key: `has a query`. Nil: `is` and the value itself.
    var found: String?
    /// Goes after `expected`.
    var expected: String
}

/// The path of a file, as a configuration names it.
enum AbsolutePath {
    static let expectation = "an absolute path of a file"

    /// Absolute, since the daemon's working directory is nothing to rely on; at most PATH_MAX with its end, see
    /// path_resolution(7).
    static func checked(_ text: String) throws(UnfitValue) -> String {
        let hasControl = text.unicodeScalars.contains { $0.properties.generalCategory == .control }
        guard text.hasPrefix("/"), !text.hasSuffix("/"), !hasControl, text.utf8.count < 4096 else {
            throw UnfitValue(expected: expectation)
        }
        return text
    }
}

/// Classes of ASCII characters.
enum ASCII {
    static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    static func isHexadecimal(_ byte: UInt8) -> Bool {
        isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20)
    }

    /// A space or a visible character.
    static func isPrintable(_ byte: UInt8) -> Bool {
        (UInt8(ascii: " ")...UInt8(ascii: "~")).contains(byte)
    }
}
