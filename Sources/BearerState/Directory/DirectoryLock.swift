internal import Glibc

/// One daemon a state directory.
///
/// The lock is flock(2) on the directory itself: it needs no file to be made, so it holds on a full and on a
/// read-only disk too, and nobody can delete it. The file `.lock` only tells the next one who holds it.
enum DirectoryLock {
    static let fileName = ".lock"

    /// Takes the lock for as long as `directory` is open. Does not wait.
    static func take(on directory: Directory) throws(StateError) {
        guard flock(directory.descriptor, LOCK_EX | LOCK_NB) == 0 else {
            guard errno == EWOULDBLOCK else {
                throw .unusableDirectory(path: directory.path, problem(of: errno))
            }
            throw .locked(path: directory.path, pid: holder(of: directory))
        }
        leaveNumber(in: directory)
    }

    /// What flock(2) says where there is nothing to be had for the asking: NFS turns it into a lock of a byte range, which
    /// needs a file that is open for writing.
    static func problem(of code: Int32) -> StateError.DirectoryProblem {
        [EBADF, ENOLCK, EOPNOTSUPP, ENOSYS, EINVAL].contains(code) ? .noLocks(errno: code) : .failed(errno: code)
    }

    private static func leaveNumber(in directory: Directory) {
        let flags = O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK
        let descriptor = openat(directory.descriptor, fileName, flags, 0o600)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        ftruncate(descriptor, 0)
        let text = "\(getpid())\n"
        _ = write(descriptor, text, text.utf8.count)
    }

    private static func holder(of directory: Directory) -> Int32? {
        let flags = O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK
        let descriptor = openat(directory.descriptor, fileName, flags)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 16)
        let count = read(descriptor, &bytes, bytes.count)
        guard count > 0 else { return nil }
        return Int32(String(decoding: bytes[..<count], as: UTF8.self).prefix { $0.isNumber })
    }
}
