internal import Glibc

/// What holds for every exchange with authorization servers, whatever the profile.
package struct UpstreamConfiguration: Sendable {
    /// Sent as `bearerd/<version>` where a request names no user agent of its own.
    package var version: String
    /// HTTPS goes through it by CONNECT. Servers on this host are connected to directly.
    package var proxy: UpstreamProxy?
    /// The authorities that a server's certificate is checked against.
    package var trust: TrustRoots
    package var limits: UpstreamLimits
    /// CLOCK_REALTIME since 1970, for a `Retry-After` that is a date.
    package var wallClock: @Sendable () -> Duration

    package init(
        version: String,
        proxy: UpstreamProxy? = nil,
        trust: TrustRoots = .chosen(),
        limits: UpstreamLimits = UpstreamLimits(),
        wallClock: @escaping @Sendable () -> Duration = UpstreamConfiguration.systemWallClock
    ) {
        self.version = version
        self.proxy = proxy
        self.trust = trust
        self.limits = limits
        self.wallClock = wallClock
    }

    /// Reads CLOCK_REALTIME; see clock_gettime(2).
    @Sendable
    package static func systemWallClock() -> Duration {
        var reading = timespec()
        clock_gettime(CLOCK_REALTIME, &reading)
        return .seconds(reading.tv_sec) + .nanoseconds(reading.tv_nsec)
    }
}

/// Where the HTTP proxy listens.
package struct UpstreamProxy: Sendable, Equatable {
    /// A DNS name or an address; an IPv6 address without brackets.
    package let host: String
    /// 1–65535
    package let port: Int

    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    var authority: String { "\(host.contains(":") ? "[\(host)]" : host):\(port)" }

    var url: String { "http://\(authority)" }
}
