internal import CLinux

/// What a descriptor is watched for, and what it is ready for. See epoll_ctl(2).
package struct Readiness: OptionSet, Sendable {
    package let rawValue: UInt32

    package static let input = Readiness(rawValue: EPOLLIN.rawValue)
    package static let output = Readiness(rawValue: EPOLLOUT.rawValue)
    /// Both directions are shut: the peer is gone. Told whether it is watched for or not, as errors are.
    package static let hangUp = Readiness(rawValue: EPOLLHUP.rawValue)
    package static let error = Readiness(rawValue: EPOLLERR.rawValue)

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }
}
