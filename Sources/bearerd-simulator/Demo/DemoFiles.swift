internal import Glibc

/// The files of the demonstration's daemon.
struct DemoFiles {
    let configuration: String
    let socket: String
    let stateDirectory: String

    /// Looks like a software statement; its signature is made up.
    private static let statement =
        "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9"
        + ".eyJzb2Z0d2FyZV9pZCI6ImRlbW8iLCJpc3MiOiJiZWFyZXJkLXNpbXVsYXRvciJ9"
        + ".bWFkZS11cC1zaWduYXR1cmU"

    static func write(in directory: String, server: String) throws(DemoError) -> DemoFiles {
        let statementFile = directory + "/software_statement"
        let files = DemoFiles(
            configuration: directory + "/bearerd.yaml", socket: directory + "/bearerd.sock",
            stateDirectory: directory + "/state")
        let yaml = """
            server: \(server)
            profiles:
              default:
                software_statement: {file: \(statementFile)}

            """
        try save(statement + "\n", to: statementFile)
        try save(yaml, to: files.configuration)
        guard mkdir(files.stateDirectory, 0o700) == 0 else { throw .system(files.stateDirectory, code: errno) }
        say("\(files.configuration):")
        for line in yaml.split(separator: "\n") { say("  \(line)") }
        return files
    }

    private static func save(_ text: String, to path: String) throws(DemoError) {
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw .system(path, code: errno) }
        defer { close(file) }
        let bytes = Array(text.utf8)
        guard Glibc.write(file, bytes, bytes.count) == bytes.count else { throw .system(path, code: errno) }
    }
}

/// A fresh directory, 0700, below `$TMPDIR` or `/tmp`.
struct TemporaryDirectory {
    let path: String

    init() throws(DemoError) {
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(parent)/bearerd-demo.XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw .system("a directory below \(parent)", code: errno) }
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// Removes it with all it holds; links are removed, not followed.
    func remove() {
        Self.remove(path)
    }

    private static func remove(_ path: String) {
        if unlink(path) == 0 { return }
        for name in entries(of: path) { remove("\(path)/\(name)") }
        rmdir(path)
    }

    private static func entries(of path: String) -> [String] {
        guard let stream = opendir(path) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }
}
