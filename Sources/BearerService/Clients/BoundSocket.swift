internal import Glibc

/// A socket that we bound, and where.
struct BoundSocket: Sendable {
    /// Tells the socket at the path from another that was put there later.
    struct Inode: Sendable, Equatable {
        private let device: dev_t
        private let number: ino_t

        init(_ status: stat) {
            device = status.st_dev
            number = status.st_ino
        }
    }

    /// The caller's to close.
    let descriptor: CInt
    let path: String
    let inode: Inode

    /// Unlinks the path, unless something else is there by now.
    func remove() {
        var status = stat()
        guard lstat(path, &status) == 0, Inode(status) == inode else { return }
        unlink(path)
    }
}
