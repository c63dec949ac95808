package import Glibc

/// Small files, by their paths.
package enum Files {
    package static func read(_ path: String) throws(SystemError) -> [UInt8] {
        let file = try check(open(path, O_RDONLY | O_CLOEXEC), path)
        defer { close(file) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65_536)
        while case let count = Glibc.read(file, &piece, piece.count), count > 0 { bytes += piece.prefix(count) }
        return bytes
    }

    package static func text(_ path: String) throws(SystemError) -> String {
        String(decoding: try read(path), as: UTF8.self)
    }

    /// Replaces what there is; the mode is that of a new file.
    package static func write(
        _ bytes: some Collection<UInt8>, to path: String, mode: mode_t = 0o600
    ) throws(SystemError) {
        let file = try check(open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode), path)
        defer { close(file) }
        let bytes = Array(bytes)
        guard Glibc.write(file, bytes, bytes.count) == bytes.count else { throw SystemError(path) }
    }

    package static func write(_ text: String, to path: String) throws(SystemError) {
        try write(text.utf8, to: path)
    }

    package static func copy(_ path: String, to copy: String, mode: mode_t) throws(SystemError) {
        try write(read(path), to: copy, mode: mode)
    }

    /// Names in a directory, sorted, without `.` and `..`; none when it cannot be read.
    package static func names(in path: String) -> [String] {
        guard let stream = opendir(path) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                names.append(String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self))
            }
        }
        return names.filter { $0 != "." && $0 != ".." }.sorted()
    }

    /// Type and permission bits, `nil` when there is no such file. A link is not followed.
    package static func mode(_ path: String) -> mode_t? {
        var status = stat()
        return lstat(path, &status) == 0 ? status.st_mode : nil
    }

    /// Removes a file, or a directory with all it holds. Links are removed, not followed.
    package static func remove(_ path: String) {
        if unlink(path) == 0 { return }
        for name in names(in: path) { remove("\(path)/\(name)") }
        rmdir(path)
    }
}
