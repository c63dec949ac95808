/// Stands in for swift-crypto in the fuzz program only: a checksum that is no SHA-256.
///
/// What is fuzzed asks only that equal bytes have equal checksums, and that they are 32 bytes long; and BoringSSL, which
/// would take longer to build than everything else, is left out.
package struct SHA256 {
    private var state: UInt64 = 0xCBF2_9CE4_8422_2325

    package init() {}

    package mutating func update(data: some Sequence<UInt8>) {
        // FNV-1a.
        for byte in data { state = (state ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    }

    package mutating func update(bufferPointer: UnsafeRawBufferPointer) {
        update(data: bufferPointer)
    }

    package func finalize() -> [UInt8] {
        (0..<32).map { UInt8(truncatingIfNeeded: state >> UInt64($0 % 8 * 8)) }
    }

    package static func hash(data: some Sequence<UInt8>) -> [UInt8] {
        var hash = SHA256()
        hash.update(data: data)
        return hash.finalize()
    }
}

/// See ``SHA256``.
package struct SymmetricKey {
    let bytes: [UInt8]

    package init(data: [UInt8]) {
        bytes = data
    }
}

/// See ``SHA256``.
package struct HMAC<Hash> {
    private var hash = SHA256()

    package init(key: SymmetricKey) {
        hash.update(data: key.bytes)
    }

    package mutating func update(data: [UInt8]) {
        hash.update(data: data)
    }

    package func finalize() -> [UInt8] {
        hash.finalize()
    }
}
