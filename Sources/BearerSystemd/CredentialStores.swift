internal import Glibc

/// The directories in which systemd looks for a credential that the unit names without a path, systemd.exec(5).
package struct CredentialStores: Sendable {
    /// Those of the system.
    package static let system = CredentialStores(
        directories: ["/etc", "/run", "/usr/local/lib", "/usr/lib"].flatMap {
            ["\($0)/credstore", "\($0)/credstore.encrypted"]
        })

    private let directories: [String]

    package init(directories: [String]) {
        self.directories = directories
    }

    /// The file of a credential that was changed within the last `age`, or the directory if that hides its files; `nil` when
    /// none was. Blocks on the disk.
    ///
    /// An age, since a wall clock that was set meanwhile would make any time look late.
    ///
    /// - Parameter now: the wall clock since 1970.
    package func changed(_ credential: String, within age: Duration, now: Duration) -> String? {
        for directory in directories {
            let path = "\(directory)/\(credential)"
            var status = stat()
            let isSeen = stat(path, &status) == 0
            guard isSeen || errno == EACCES, isSeen || stat(directory, &status) == 0 else { continue }
            // Not st_mtim: a file that is moved there keeps it.
            let change = Duration.seconds(status.st_ctim.tv_sec) + .nanoseconds(status.st_ctim.tv_nsec)
            if now - change < age { return isSeen ? path : directory }
        }
        return nil
    }
}
