/// What a script can order instead of, or done to, the documented answer to one call.
///
/// The throttle comes first: a throttled call uses up no fault. Whatever the fault, the request is examined, and what it
/// does against the documentation is counted.
package enum Fault: Sendable, Equatable {
    /// No fault: a gap in a script.
    case answer

    // The server does not act on the request.

    /// Any status; the header fields are sent as given, besides Content-Length.
    case status(Int, headers: [String: String] = [:], body: String = "")
    /// 400 with this `error`.
    case error(String)
    /// 429 as the throttle sends it.
    case throttled
    case redirect(to: String, status: Int = 307)
    /// No answer, ever.
    case hang
    /// RST before the first byte.
    case reset
    /// These bytes as they are, then the end of the connection.
    case raw([UInt8])
    /// The endpoint's success status with another body.
    case body(String, contentType: String = "application/json")
    /// The endpoint's success status with so many bytes of filler, sent as fast as the client reads.
    case huge(bytes: Int)

    // The server acts (a client is registered, a token issued), and then:

    /// The answer comes late.
    case delay(Duration)
    /// The answer comes in pieces of `bytes`, with this time between them.
    case drip(bytes: Int = 1, every: Duration)
    /// RST after so many bytes of the answer; with 0 the client never learns what was done for it.
    case resetAfter(bytes: Int)
    /// A whole head, so many bytes of the body, then the end of the connection.
    case truncated(bytes: Int)
    /// The token endpoint says this JSON text for `expires_in`. The token lasts as long if it is a whole number of
    /// seconds, else the configured lifetime.
    case lifetime(json: String)

    /// A captive portal: success, in HTML.
    package static let html = Fault.body("<html><body>Welcome! Please sign in.</body></html>", contentType: "text/html")
    /// Success without a body.
    package static let empty = Fault.body("")

    /// A word for the log.
    package var name: String {
        switch self {
        case .answer: "answer"
        case .status(let code, _, _): "status \(code)"
        case .error(let code): "error \(code)"
        case .throttled: "throttled"
        case .redirect: "redirect"
        case .hang: "hang"
        case .reset: "reset"
        case .raw: "raw"
        case .body: "body"
        case .huge: "huge"
        case .delay: "delay"
        case .drip: "drip"
        case .resetAfter: "reset_after"
        case .truncated: "truncated"
        case .lifetime: "expires_in"
        }
    }
}

/// The faults ordered for each endpoint: a queue, and what holds once the queue is used up.
struct FaultScript {
    private var queues: [Endpoint: ArraySlice<Fault>] = [:]
    private var standing: [Endpoint: Fault] = [:]

    /// Replaces what was ordered for `endpoint`.
    mutating func set(_ faults: [Fault], then standing: Fault?, for endpoint: Endpoint) {
        queues[endpoint] = faults[...]
        self.standing[endpoint] = standing
    }

    /// The fault for the next call to `endpoint`, if any.
    mutating func next(for endpoint: Endpoint) -> Fault? {
        queues[endpoint]?.popFirst() ?? standing[endpoint]
    }
}
