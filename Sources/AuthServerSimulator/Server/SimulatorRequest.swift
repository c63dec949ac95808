internal import NIOHTTP1

/// A request that has arrived whole.
struct SimulatorRequest {
    let head: HTTPRequestHead
    let body: [UInt8]
    /// The client's IP address, by which the throttle counts.
    let address: String

    /// What the simulator reads of a body, in bytes; a longer one is a violation.
    static let longestBody = 65_536

    var path: String {
        String(head.uri.prefix { $0 != "?" })
    }

    /// Whether the client wants the connection kept open, RFC 9112 section 9.3.
    var keepAlive: Bool { head.isKeepAlive }

    /// What follows the first `?`; nil without one.
    var query: Substring? {
        guard let mark = head.uri.firstIndex(of: "?") else { return nil }
        return head.uri[mark...].dropFirst()
    }
}
