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
        guard digits.utf8.count <= 5, digits.utf8.allSatisfy(ASCII.isDigit),
            let port = Int(digits), (1...65_535).contains(port)
        else { throw UnfitValue(found: "has a port that is not a number from 1 to 65535", expected: expected) }
        authority = authority[..<colon]
        return port
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
