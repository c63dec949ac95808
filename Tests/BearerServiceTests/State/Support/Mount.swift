import Glibc

/// A tmpfs of one size, unmounted when the test lets go of it.
final class Mount: Sendable {
    let directory = TemporaryDirectory()

    /// Whether this process may mount: root with CAP_SYS_ADMIN.
    static let isPermitted: Bool = {
        geteuid() == 0 && (try? Mount(size: "64k")) != nil
    }()

    struct NotPermitted: Error {}

    init(size: String) throws {
        let options = "size=\(size),mode=0700"
        guard Command.run("/bin/mount", "-t", "tmpfs", "-o", options, "bearerd-test", directory.path) == 0 else {
            throw NotPermitted()
        }
    }

    deinit {
        Command.run("/bin/umount", "-l", directory.path)
    }

    func remount(readOnly: Bool) -> Bool {
        Command.run("/bin/mount", "-o", "remount,\(readOnly ? "ro" : "rw")", directory.path) == 0
    }

    /// Leaves no room for another page.
    func fill() {
        let file = open("\(directory.path)/filler", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        defer { close(file) }
        let page = [UInt8](repeating: 0x20, count: 4_096)
        while write(file, page, page.count) == page.count {}
    }

    func makeRoom() {
        unlink("\(directory.path)/filler")
    }
}
