internal import BearerUpstream
internal import CLinux
internal import Glibc

/// What keeps secrets inside of the process, done before anything else.
package enum ProcessHardening {
    /// No core file and no look from outside, no crash report with memory in it, no death by a client that left.
    package static func apply() {
        _ = clinux_set_undumpable()
        // The runtime's own handlers print registers and the memory they point at.
        for signal in [SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV] { Glibc.signal(signal, SIG_DFL) }
        Glibc.signal(SIGPIPE, SIG_IGN)
        umask(0o077)
        CurlLibrary.wipeFreedMemory()
    }
}

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
