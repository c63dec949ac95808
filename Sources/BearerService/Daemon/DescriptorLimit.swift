internal import Glibc

/// How many descriptors this process may have: RLIMIT_NOFILE, see getrlimit(2).
enum DescriptorLimit {
    /// Up to what we may allow ourselves: the usual limit is for programs that use select(2), and below that of connections.
    static func raise() {
        var limit = rlimit()
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        guard getrlimit(resource, &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(resource, &limit)
    }
}
