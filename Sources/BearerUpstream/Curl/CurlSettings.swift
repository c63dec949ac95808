internal import CCurl

/// What holds for every transfer of a client.
struct CurlSettings: Sendable {
    let limits: UpstreamLimits
    let proxy: UpstreamProxy?
    /// Certificates in PEM; nil for the system's, which libcurl reads at each exchange.
    let authorities: [UInt8]?
}

/// Why libcurl did not take a transfer.
struct CurlError: Error {
    let code: CURLcode

    init(_ code: CURLcode) {
        self.code = code
    }
}
