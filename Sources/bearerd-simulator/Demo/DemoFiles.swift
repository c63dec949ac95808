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
