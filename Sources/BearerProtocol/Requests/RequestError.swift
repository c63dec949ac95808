/// Why a line is no request; the answer is always `invalid_request`.
package struct RequestError: Error, Sendable, Equatable {
    /// To be echoed; nil also if it stands behind the place where the line stops being JSON.
    package let id: RequestID?
    /// Names the key, what was found and what is expected. Holds no string value of the line: it may be a token.
    package let description: String

    init(id: RequestID?, _ description: String) {
        self.id = id
        self.description = description
    }

    /// The answer to the line.
    package var reply: ErrorReply { ErrorReply(.invalidRequest, description) }
}

extension RequestError: CustomStringConvertible {}
