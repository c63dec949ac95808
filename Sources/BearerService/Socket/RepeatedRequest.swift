internal import BearerProtocol
internal import Glibc

/// Reads the requests of a connection. Programs say the same line again and again: it is read once.
struct RepeatedRequest {
    /// Longer lines are not remembered, and so never a rejected token.
    private static let longest = 64

    private var line: [UInt8] = []
    private var request: Request?

    mutating func read(_ bytes: ArraySlice<UInt8>) throws(RequestError) -> Request {
        if let request, isSame(bytes) { return request }
        let parsed = try Request.parse(line: bytes)
        if bytes.count <= Self.longest, parsed.isForTokens {
            line = Array(bytes)
            request = parsed
        }
        return parsed
    }

    private static func areEqual(_ one: UnsafeRawBufferPointer, _ other: UnsafeRawBufferPointer) -> Bool {
        guard let first = one.baseAddress, let second = other.baseAddress else { return false }
        return memcmp(first, second, one.count) == 0
    }

    private func isSame(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard bytes.count == line.count else { return false }
        return bytes.withUnsafeBytes { new in
            line.withUnsafeBytes { old in Self.areEqual(new, old) }
        }
    }
}

extension Request {
    fileprivate var isForTokens: Bool {
        if case .token = operation { true } else { false }
    }
}
