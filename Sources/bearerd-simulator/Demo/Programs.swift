internal import Glibc

/// The executables that lie beside this one.
struct Programs {
    let directory: String

    var bearerd: String { "\(directory)/bearerd" }

    static func beside() throws(DemoError) -> Programs {
        let directory = try ownDirectory()
        for name in ["bearerd", "bearerctl"] where access("\(directory)/\(name)", X_OK) != 0 {
            throw .noProgram(name, directory: directory)
        }
        return Programs(directory: directory)
    }

    private static func ownDirectory() throws(DemoError) -> String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let length = readlink("/proc/self/exe", &buffer, buffer.count)
        guard length > 0 else { throw .system("/proc/self/exe", code: errno) }
        let path = String(decoding: buffer.prefix(length).map(UInt8.init(bitPattern:)), as: UTF8.self)
        return path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    }
}
