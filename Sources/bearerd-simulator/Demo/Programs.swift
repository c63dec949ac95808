internal import Glibc

/// The executables that lie beside this one.
struct Programs {
    let bearerd: String
    /// Nil if it is not there.
    let bearerctl: String?

    static func beside() throws(DemoError) -> Programs {
        let directory = try ownDirectory()
        guard isExecutable(directory + "/bearerd") else { throw .noDaemon(directory: directory) }
        let client = directory + "/bearerctl"
        return Programs(bearerd: directory + "/bearerd", bearerctl: isExecutable(client) ? client : nil)
    }

    private static func ownDirectory() throws(DemoError) -> String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let length = readlink("/proc/self/exe", &buffer, buffer.count)
        guard length > 0 else { throw .system("/proc/self/exe", code: errno) }
        let path = String(decoding: buffer.prefix(length).map(UInt8.init(bitPattern:)), as: UTF8.self)
        return path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    }

    private static func isExecutable(_ path: String) -> Bool {
        access(path, X_OK) == 0
    }
}
