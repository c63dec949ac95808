import Glibc

/// The programs under test, which lie in the directory of the test program.
enum Programs {
    static func path(_ name: String) throws -> String {
        let path = "\(directory)/\(name)"
        guard access(path, X_OK) == 0 else { throw HarnessError.missingProgram(path) }
        return path
    }

    private static let directory: String = {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        let path = String(decoding: buffer.prefix(max(0, count)).map(UInt8.init(bitPattern:)), as: UTF8.self)
        return path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    }()

    /// What every program here is given, and nothing else: a surrounding service manager must not reach into a test.
    static let environment: [String: String] = {
        let names = ["PATH", "LD_LIBRARY_PATH"]
        let pairs = names.compactMap { name in getenv(name).map { (name, String(cString: $0)) } }
        return Dictionary(uniqueKeysWithValues: pairs)
    }()
}
