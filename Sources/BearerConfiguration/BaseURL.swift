internal import BearerCore

/// The base URL of an authorization server, to which the paths of its endpoints are appended.
enum BaseURL {
    static let expectation = "https://host[:port][/path], or http:// with a loopback address"

    /// `text` in lower case up to the path, without a default port and without a slash at its end: stored client
    /// credentials belong to a server, so that each has to have one name only.
    static func normalized(_ text: String) throws(UnfitValue) -> String {
        let url = try URLParts(text, expected: expectation)
        if let fault = fault(of: url) { throw UnfitValue(found: fault, expected: expectation) }
        let defaultPort = url.scheme == "https" ? 443 : 80
        let port = url.port.flatMap { $0 == defaultPort ? nil : ":\($0)" } ?? ""
        return "\(url.scheme)://\(url.host.urlText)\(port)\(url.path)"
    }

    private static func fault(of url: URLParts) -> String? {
        if url.userinfo != nil { return "has a user name" }
        if url.query != nil { return "has a query" }
        if url.fragment != nil { return "has a fragment" }
        if !isPath(url.path) { return "has a path with characters that have to be percent-encoded" }
        switch url.scheme {
        case "https": return nil
        case "http": return url.host.isLoopback ? nil : "is http:// to a host that is not this one"
        default: return "has a scheme other than https"
        }
    }

    /// RFC 3986 section 3.3.
    private static func isPath(_ path: Substring) -> Bool {
        let marks = "/-._~!$&'()*+,;=:@%".utf8
        let escapes = path.split(separator: "%", omittingEmptySubsequences: false).dropFirst()
        guard escapes.allSatisfy({ $0.prefix(2).filter(\.isHexDigit).count == 2 }) else { return false }
        return path.utf8.allSatisfy { byte in
            ASCII.isLetter(byte) || ASCII.isDigit(byte) || marks.contains(byte)
        }
    }
}

/// The environments of Adobe Pass Authentication.
package enum ServerEnvironment: String, Sendable, CaseIterable {
    case production
    case prequalification
    case staging
    case prequalificationStaging = "prequalification-staging"

    /// The base URL, without a slash at its end.
    package var server: String {
        switch self {
        case .production: "https://sp.auth.adobe.com"
        case .prequalification: "https://sp-prequal.auth.adobe.com"
        case .staging: "https://sp.auth-staging.adobe.com"
        case .prequalificationStaging: "https://sp-prequal.auth-staging.adobe.com"
        }
    }
}

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
