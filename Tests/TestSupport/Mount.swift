internal import Glibc

/// A tmpfs of one size, unmounted when the test lets go of it.
package final class Mount: Sendable {
    package let directory = TemporaryDirectory()

    /// Whether this process may mount: root with CAP_SYS_ADMIN.
    package static let isPermitted: Bool = {
        geteuid() == 0 && (try? Mount(size: "64k")) != nil
    }()

    package struct NotPermitted: Error {}

    package init(size: String) throws {
        let options = "size=\(size),mode=0700"
        guard Command.run("/bin/mount", "-t", "tmpfs", "-o", options, "bearerd-test", directory.path) == 0 else {
            throw NotPermitted()
        }
    }

    deinit {
        Command.run("/bin/umount", "-l", directory.path)
    }

    package func remount(readOnly: Bool) -> Bool {
        Command.run("/bin/mount", "-o", "remount,\(readOnly ? "ro" : "rw")", directory.path) == 0
    }

    /// Leaves no room for another page.
    package func fill() {
        let file = open("\(directory.path)/filler", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        defer { close(file) }
        let page = [UInt8](repeating: 0x20, count: 4_096)
        while write(file, page, page.count) == page.count {}
    }

    package func makeRoom() {
        unlink("\(directory.path)/filler")
    }
}
