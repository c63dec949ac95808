internal import BearerCore
internal import Glibc

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

/// A URL split as RFC 3986 appendix B does. Not repeated in messages: it may hold a password.
struct URLParts {
    let scheme: String
    let userinfo: Substring?
    let host: NetworkHost
    let port: Int?
    /// Without a slash at its end.
    let path: Substring
    let query: Substring?
    let fragment: Substring?

    /// - Parameter expected: what the messages say is expected.
    init(_ text: String, expected: String) throws(UnfitValue) {
        guard let colon = text.range(of: "://") else {
            throw UnfitValue(found: "is not a URL", expected: expected)
        }
        scheme = text[..<colon.lowerBound].lowercased()
        var rest = text[colon.upperBound...]
        fragment = rest.cut(at: "#")
        query = rest.cut(at: "?")
        let authorityEnd = rest.firstIndex(of: "/") ?? rest.endIndex
        var authority = rest[..<authorityEnd]
        var path = rest[authorityEnd...]
        while path.hasSuffix("/") { path.removeLast() }
        self.path = path
        if let at = authority.lastIndex(of: "@") {
            userinfo = authority[..<at]
            authority = authority[authority.index(after: at)...]
        } else {
            userinfo = nil
        }
        port = try Self.cutPort(from: &authority, expected: expected)
        guard let host = NetworkHost(authority) else {
            throw UnfitValue(found: "has a host that is neither a DNS name nor an IP address", expected: expected)
        }
        self.host = host
    }

    private static func cutPort(from authority: inout Substring, expected: String) throws(UnfitValue) -> Int? {
        guard let colon = authority.lastIndex(of: ":"), !authority[colon...].contains("]") else { return nil }
        let digits = authority[authority.index(after: colon)...]
        guard digits.utf8.count <= 5, let port = ASCII.number(digits), (1...65_535).contains(port)
        else { throw UnfitValue(found: "has a port that is not a number from 1 to 65535", expected: expected) }
        authority = authority[..<colon]
        return Int(port)
    }
}

extension Substring {
    /// Removes everything from the first `mark` on and returns what stood after it.
    fileprivate mutating func cut(at mark: Character) -> Substring? {
        guard let index = firstIndex(of: mark) else { return nil }
        defer { self = self[..<index] }
        return self[self.index(after: index)...]
    }
}

extension StringProtocol {
    /// The first place of `needle`.
    fileprivate func range(of needle: String) -> Range<Index>? {
        var start = startIndex
        while start != endIndex {
            if self[start...].hasPrefix(needle) { return start..<index(start, offsetBy: needle.count) }
            start = index(after: start)
        }
        return nil
    }
}

/// The host of a URL: a DNS name or an address, RFC 3986 section 3.2.2.
struct NetworkHost: Equatable {
    /// Lower case; an IPv6 address without its brackets.
    let text: String
    let isLoopback: Bool

    /// As it stands in a URL.
    var urlText: String { text.contains(":") ? "[\(text)]" : text }

    /// Nil if `text` is neither a DNS name in ASCII, nor a dotted IPv4 address, nor an IPv6 address in brackets.
    init?(_ text: some StringProtocol) {
        let text = text.lowercased()
        if text.hasPrefix("[") {
            guard text.hasSuffix("]"), let address = Self.normalizedIPv6(String(text.dropFirst().dropLast()))
            else { return nil }
            self.text = address
            isLoopback = address == "::1"
        } else if Self.endsInNumber(text) {
            var address = in_addr()
            guard inet_pton(AF_INET, text, &address) == 1 else { return nil }
            self.text = text
            isLoopback = UInt32(bigEndian: address.s_addr) >> 24 == 127
        } else {
            guard Self.isName(text) else { return nil }
            self.text = text
            isLoopback = text == "localhost"
        }
    }

    /// Such a host can only be an address: `127.1` and `0x7f.1` are read as one by some resolvers.
    private static func endsInNumber(_ text: String) -> Bool {
        guard let last = text.split(separator: ".", omittingEmptySubsequences: false).last else { return false }
        return last.utf8.first.map(ASCII.isDigit) == true
    }

    private static func isName(_ text: String) -> Bool {
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        let letters = "abcdefghijklmnopqrstuvwxyz0123456789-_".utf8
        return text.utf8.count <= 253
            && labels.allSatisfy { label in
                (1...63).contains(label.utf8.count) && label.utf8.allSatisfy(letters.contains)
                    && !label.hasPrefix("-") && !label.hasSuffix("-")
            }
    }

    private static func normalizedIPv6(_ text: String) -> String? {
        var address = in6_addr()
        var buffer = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        guard inet_pton(AF_INET6, text, &address) == 1,
            inet_ntop(AF_INET6, &address, &buffer, socklen_t(buffer.count)) != nil
        else { return nil }
        return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
