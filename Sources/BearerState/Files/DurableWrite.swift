internal import BearerCore
internal import BearerSystemd
internal import Glibc

/// Replaces a file so that after a crash or power cut at any moment the old or the new one is there, whole: a
/// temporary file beside it, fsync, rename, fsync of the directory.
struct DurableWrite {
    let name: String
    let directory: Directory
    /// Gives the file `name` of a directory a second name, as linkat(2) does.
    var link: @Sendable (_ directory: CInt, _ name: String, _ second: String) -> CInt = { linkat($0, $1, $0, $2, 0) }

    /// Writes `bytes` to the file, mode 0600. With `archivingAs`, a file that is there and says something else stays
    /// under that name, or that name and a number, which is returned.
    @discardableResult
    func replace(with bytes: [UInt8], archivingAs aside: String? = nil) throws(StateError) -> String? {
        let temporary = StateFile.temporaryName(for: name)
        var kept: String?
        do throws(StateError) {
            try create(temporary, bytes)
            // A write that failed after its rename is done again: what is there then is not the old one.
            if let aside, !isThere(bytes) { kept = try archive(as: aside) }
            guard renameat(directory.descriptor, temporary, directory.descriptor, name) == 0 else {
                throw failure(at: .rename)
            }
        } catch {
            unlinkat(directory.descriptor, temporary, 0)
            if let kept { unlinkat(directory.descriptor, kept, 0) }
            throw error
        }
        try directory.synchronize()
        return kept
    }

    private func isThere(_ bytes: [UInt8]) -> Bool {
        guard let file = try? StateFile.read(name, in: directory) else { return false }
        return file.contents == Secret(bytes)
    }

    /// Gives the file a second name next to its own, or copies it where the file system has no hard links; `nil` when there
    /// is no file.
    private func archive(as wanted: String) throws(StateError) -> String? {
        for number in 0..<1_000 {
            let aside = number == 0 ? wanted : "\(wanted)-\(number)"
            if link(directory.descriptor, name, aside) == 0 { return aside }
            switch errno {
            case ENOENT: return nil
            case EEXIST: continue
            case EPERM, EOPNOTSUPP, ENOSYS, EMLINK: if try copy(to: aside) { return aside }
            default: throw failure(at: .archive)
            }
        }
        throw failure(at: .archive)
    }

    /// Writes what is in the file to a new one, durably; false when there is one of this name.
    private func copy(to aside: String) throws(StateError) -> Bool {
        let descriptor = openat(directory.descriptor, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw failure(at: .archive) }
        defer { close(descriptor) }
        guard case .contents(let contents) = SecretReader.read(descriptor, limit: Self.maximumCopy) else {
            throw .notWritten(path: directory.path(of: name), step: .archive, errno: EFBIG)
        }
        var bytes = contents.withBytes { Array($0) }
        defer { Secret.wipe(&bytes) }
        do throws(StateError) {
            try create(aside, bytes)
            return true
        } catch {
            if case .notWritten(_, .create, EEXIST) = error { return false }
            unlinkat(directory.descriptor, aside, 0)
            throw error
        }
    }

    /// Above any file of ours, damaged or not.
    private static let maximumCopy = 4 * StateFile.limit

    private func create(_ temporary: String, _ bytes: [UInt8]) throws(StateError) {
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        let descriptor = openat(directory.descriptor, temporary, flags, 0o600)
        guard descriptor >= 0 else { throw failure(at: .create) }
        defer { close(descriptor) }
        var offset = 0
        while offset < bytes.count {
            let written = bytes.withUnsafeBytes {
                write(descriptor, $0.baseAddress?.advanced(by: offset), $0.count - offset)
            }
            if written < 0 && errno == EINTR { continue }
            guard written >= 0 else { throw failure(at: .write) }
            offset += written
        }
        guard fsync(descriptor) == 0 else { throw failure(at: .synchronize) }
    }

    private func failure(at step: StateError.WriteStep) -> StateError {
        .notWritten(path: directory.path(of: name), step: step, errno: errno)
    }
}
