internal import CSystemd
internal import Glibc

/// A descriptor that systemd passed: a socket of a `.socket` unit, or one out of the file descriptor store.
package struct ListenDescriptor: Sendable, Equatable {
    /// `FileDescriptorName=` or `FDNAME=`; several descriptors may have the same.
    package let name: String
    /// Close-on-exec is set. The receiver owns it.
    package let descriptor: Int32

    package init(name: String, descriptor: Int32) {
        self.name = name
        self.descriptor = descriptor
    }
}

/// The descriptors that systemd passes at start, sd_listen_fds(3).
package enum ListenDescriptors {
    /// Takes them, in the order of their numbers, and removes them from the environment; none when they are meant
    /// for another process. Once, before there are other threads: it changes the environment.
    package static func take() throws(SystemdError) -> [ListenDescriptor] {
        var names: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
        let count = sd_listen_fds_with_names(1, &names)
        guard count >= 0 else { throw .listenDescriptors(errno: -count) }
        defer { free(names) }
        return (0..<count).map { index in
            let name = names?[Int(index)]
            defer { free(name) }
            return ListenDescriptor(
                name: name.map { String(cString: $0) } ?? "", descriptor: firstDescriptor + index)
        }
    }

    /// SD_LISTEN_FDS_START.
    private static let firstDescriptor: Int32 = 3
}
