internal import BearerJSON

/// The answer to a request that is not granted. Field names of RFC 6749 section 5.2.
package struct ErrorReply: Sendable, Equatable {
    package var code: ErrorCode
    /// For people: what was found and what is expected.
    package var description: String
    /// When to ask again, where waiting helps. Sent in whole seconds, rounded up, at least 1.
    package var retryAfter: Duration?

    package init(_ code: ErrorCode, _ description: String, retryAfter: Duration? = nil) {
        self.code = code
        self.description = description
        self.retryAfter = retryAfter
    }

    /// Appends the reply as a line, its ending included.
    package func encode(id: RequestID?, into output: inout [UInt8]) {
        output.appendLine(id: id) { json in
            json.member("error", code.rawValue)
            json.member("error_description", description)
            if let retryAfter { json.member("retry_after", Self.wholeSeconds(retryAfter)) }
        }
    }

    /// Beyond any time that is worth saying, and within what can be added to.
    private static let longestWait = Duration.seconds(Int32.max)

    private static func wholeSeconds(_ duration: Duration) -> Int64 {
        let (seconds, attoseconds) = min(max(duration, .seconds(1)), longestWait).components
        return attoseconds > 0 ? seconds + 1 : seconds
    }
}
