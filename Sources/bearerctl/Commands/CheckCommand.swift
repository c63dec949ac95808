internal import ArgumentParser
internal import Glibc

struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Checks a configuration and prints what it comes to, without starting anything.",
        discussion: "Runs `bearerd --check`, which lies beside bearerctl or in $PATH.")

    @Argument(help: "The configuration file; default: the one that bearerd would read.")
    var file: String?

    func run() throws {
        try reporting { () throws(CommandError) in
            let arguments = ["bearerd", "--check"] + (file.map { ["--config", $0] } ?? [])
            for daemon in [Self.sibling, "bearerd"].compactMap({ $0 }) { Self.execute(daemon, arguments) }
            throw CommandError.unavailable("bearerd is neither beside bearerctl nor in $PATH")
        }
    }

    /// The daemon in the directory of this program.
    private static var sibling: String? {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        let path = buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) }
        guard let slash = path.lastIndex(of: UInt8(ascii: "/")) else { return nil }
        return String(decoding: path[...slash], as: UTF8.self) + "bearerd"
    }

    /// Becomes that program; returns when there is none.
    private static func execute(_ path: String, _ arguments: [String]) {
        var pointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
        pointers.append(nil)
        execvp(path, pointers)
        for pointer in pointers { free(pointer) }
    }
}
