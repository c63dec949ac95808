internal import BearerCore
internal import Glibc

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
