/// An HTTP proxy, through which HTTPS goes by CONNECT.
package struct ProxyAddress: Sendable, Equatable {
    /// A DNS name or an address; an IPv6 address without brackets.
    package let host: String
    /// 1–65535
    package let port: Int

    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    static let expectation = "http://host:port"

    init(_ text: String) throws(UnfitValue) {
        let url = try URLParts(text, expected: Self.expectation)
        if let fault = Self.fault(of: url) { throw UnfitValue(found: fault, expected: Self.expectation) }
        guard let port = url.port else { throw UnfitValue(found: "has no port", expected: Self.expectation) }
        self.init(host: url.host.text, port: port)
    }

    private static func fault(of url: URLParts) -> String? {
        if url.userinfo != nil { return "has a user name" }
        if url.query != nil || url.fragment != nil || !url.path.isEmpty { return "has more than host and port" }
        return url.scheme == "http" ? nil : "has a scheme other than http"
    }
}

extension ProxyAddress: CustomStringConvertible {
    package var description: String { "http://\(host.contains(":") ? "[\(host)]" : host):\(port)" }
}
