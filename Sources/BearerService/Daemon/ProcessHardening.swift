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
