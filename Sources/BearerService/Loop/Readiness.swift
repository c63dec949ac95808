internal import CLinux

/// What a descriptor is watched for, and what it is ready for. See epoll_ctl(2).
struct Readiness: OptionSet, Sendable {
    let rawValue: UInt32

    static let input = Readiness(rawValue: EPOLLIN.rawValue)
    static let output = Readiness(rawValue: EPOLLOUT.rawValue)
    /// Both directions are shut: the peer is gone. Told whether it is watched for or not, as errors are.
    static let hangUp = Readiness(rawValue: EPOLLHUP.rawValue)
    static let error = Readiness(rawValue: EPOLLERR.rawValue)

    var bits: UInt32 { rawValue }

    init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    init(bits: UInt32) {
        rawValue = bits
    }
}
