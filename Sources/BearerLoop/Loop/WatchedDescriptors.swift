internal import CLinux

/// The handlers of watched descriptors. A descriptor's number is used again as soon as it is closed: the token that
/// epoll carries for us holds a serial number as well, so that a late event never reaches a newcomer.
struct WatchedDescriptors {
    private struct Entry {
        let serial: UInt32
        let handler: ServingLoop.Handler
    }

    private var entries: [Entry?] = []
    private var serial: UInt32 = 0

    /// - Returns: the token for epoll.
    mutating func add(_ descriptor: CInt, _ handler: @escaping ServingLoop.Handler) -> UInt64 {
        let index = Int(descriptor)
        if index >= entries.count { entries += Array(repeating: nil, count: index + 1 - entries.count) }
        serial &+= 1
        entries[index] = Entry(serial: serial, handler: handler)
        return Self.token(index, serial)
    }

    mutating func remove(_ descriptor: CInt) {
        guard entries.indices.contains(Int(descriptor)) else { return }
        entries[Int(descriptor)] = nil
    }

    func token(of descriptor: CInt) -> UInt64? {
        guard entries.indices.contains(Int(descriptor)), let entry = entries[Int(descriptor)] else { return nil }
        return Self.token(Int(descriptor), entry.serial)
    }

    func handler(of token: UInt64) -> ServingLoop.Handler? {
        let index = Int(token & 0xFFFF_FFFF)
        guard entries.indices.contains(index), let entry = entries[index] else { return nil }
        return entry.serial == UInt32(token >> 32) ? entry.handler : nil
    }

    private static func token(_ index: Int, _ serial: UInt32) -> UInt64 {
        UInt64(serial) << 32 | UInt64(index)
    }
}

/// What a descriptor is watched for, and what it is ready for. See epoll_ctl(2).
package struct Readiness: OptionSet, Sendable {
    package let rawValue: UInt32

    package static let input = Readiness(rawValue: EPOLLIN.rawValue)
    package static let output = Readiness(rawValue: EPOLLOUT.rawValue)
    /// Both directions are shut: the peer is gone. Reported whether it is watched for or not, as errors are.
    package static let hangUp = Readiness(rawValue: EPOLLHUP.rawValue)
    package static let error = Readiness(rawValue: EPOLLERR.rawValue)

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }
}
