import Glibc
import Synchronization

/// Removes directories when the process exits.
enum Cleanup {
    private static let directories = Mutex<[String]>([])

    private static let isRegistered: Bool = {
        atexit { Cleanup.removeAll() } == 0
    }()

    static func remove(_ directory: String) {
        _ = isRegistered
        directories.withLock { $0.append(directory) }
    }

    private static func removeAll() {
        for directory in directories.withLock({ $0 }) { removeTree(directory) }
    }

    /// Does not follow symbolic links.
    private static func removeTree(_ path: String) {
        if Glibc.remove(path) == 0 { return }
        guard let directory = opendir(path) else { return }
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { removeTree("\(path)/\(name)") }
        }
        closedir(directory)
        rmdir(path)
    }
}
