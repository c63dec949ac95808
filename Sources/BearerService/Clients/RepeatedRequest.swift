internal import BearerCore
internal import BearerProtocol
internal import Glibc

/// Reads the requests of a connection. Programs say the same line again and again: it is read once, and while nothing
/// changes it is answered without another look.
final class RepeatedRequest {
    /// What nearly everybody says is known from the start.
    private static let defaultLine = Array(#"{"op":"token"}"#.utf8)
    private static let usual = try? Request.parse(line: defaultLine[...])

    /// Longer lines are not remembered, and so never a rejected token.
    private static let longest = 64

    private var line = defaultLine
    private var request = usual
    /// What was read last is ``request``.
    private var isLast = false
    private var token: RepeatedToken?

    func read(_ bytes: ArraySlice<UInt8>) throws(RequestError) -> Request {
        isLast = true
        if let request, bytes.withUnsafeBytes({ isSame($0) }) { return request }
        isLast = false
        let parsed = try Request.parse(line: bytes)
        if bytes.count <= Self.longest, parsed.isForTokens {
            isLast = true
            line = Array(bytes)
            request = parsed
            token = nil
        }
        return parsed
    }

    /// What was read last was answered with a token that may be given again.
    func remember(_ token: RepeatedToken) {
        if isLast { self.token = token }
    }

    /// The reply to a line that was answered before, if it may be given again.
    func reply(to bytes: UnsafeRawBufferPointer, at now: () -> ClockReading) -> [UInt8]? {
        guard let token, isSame(bytes) else { return nil }
        return token.reply(at: now())
    }

    private func isSame(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count == line.count, let start = bytes.baseAddress else { return false }
        return line.withUnsafeBytes { memcmp(start, $0.baseAddress ?? start, $0.count) == 0 }
    }
}

extension Request {
    fileprivate var isForTokens: Bool {
        if case .token = operation { true } else { false }
    }
}
