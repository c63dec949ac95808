/// Where the HTTP proxy listens.
struct ProxyAddress: Equatable {
    /// Without the brackets of an IPv6 address.
    let host: String
    let port: Int

    /// Parses `http://host:port`, a single trailing slash allowed.
    init(url: String) throws(UpstreamConfigurationError) {
        guard url.lowercased().hasPrefix("http://") else { throw .invalidProxy }
        var authority = url.dropFirst("http://".count)
        if authority.hasSuffix("/") { authority.removeLast() }
        guard
            let colon = authority.lastIndex(of: ":"),
            let port = UInt16(authority[authority.index(after: colon)...]), port > 0
        else { throw .invalidProxy }
        var host = authority[..<colon]
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
        if isBracketed { host = host.dropFirst().dropLast() }
        guard !host.isEmpty, isBracketed == host.contains(":"), !host.contains(where: { "/?#@[] ".contains($0) })
        else { throw .invalidProxy }
        self.host = String(host)
        self.port = Int(port)
    }
}
