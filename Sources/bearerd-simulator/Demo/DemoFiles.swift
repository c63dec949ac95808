internal import Glibc

/// The files of the demonstration's daemon, and what it prints about them.
struct DemoFiles: Sendable {
    let configuration: String
    let socket: String
    let stateDirectory: String
    let notifySocket: String
    /// What the daemon writes.
    let journal: String

    /// Seconds. Real ones last six hours.
    static let tokenLifetime = 30
    /// Of the lifetime, until the renewal.
    private static let renewalPoint = 0.2

    /// Looks like a software statement; its signature is made up.
    private static let statement =
        "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9"
        + ".eyJzb2Z0d2FyZV9pZCI6ImRlbW8iLCJpc3MiOiJiZWFyZXJkLXNpbXVsYXRvciJ9"
        + ".bWFkZS11cC1zaWduYXR1cmU"

    static func write(in directory: String, server: String) throws(DemoError) -> DemoFiles {
        let statementFile = directory + "/software_statement"
        let files = DemoFiles(
            configuration: directory + "/bearerd.yaml", socket: directory + "/bearerd.sock",
            stateDirectory: directory + "/state", notifySocket: directory + "/notify", journal: directory + "/journal")
        let yaml = """
            server: \(server)
            renewal: {at: \(renewalPoint), jitter: 0}
            profiles:
              default:
                software_statement: {file: \(statementFile)}

            """
        try save(statement + "\n", to: statementFile)
        try save(yaml, to: files.configuration)
        guard mkdir(files.stateDirectory, 0o700) == 0 else { throw .system(files.stateDirectory, code: errno) }
        return files
    }

    private static func save(_ text: String, to path: String) throws(DemoError) {
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw .system(path, code: errno) }
        defer { close(file) }
        let bytes = Array(text.utf8)
        guard Glibc.write(file, bytes, bytes.count) == bytes.count else { throw .system(path, code: errno) }
    }

    /// The last lines of the journal.
    func showJournal() {
        let file = open(journal, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return }
        defer { close(file) }
        let limit = 4096
        lseek(file, -min(lseek(file, 0, SEEK_END), limit), SEEK_END)
        var bytes = [UInt8](repeating: 0, count: limit)
        let count = read(file, &bytes, limit)
        let text = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
        for line in text.split(separator: "\n").suffix(12) { say("bearerd: \(line)") }
    }

    func showHowToAsk(_ programs: Programs, server: String) {
        say("")
        say("bearerd goes on. Try it in another terminal:")
        say("  export PATH=\(programs.directory):$PATH BEARERD_SOCKET=\(socket)")
        say("  bearerctl token")
        say("  bearerctl watch      # each token as it comes, one every 6 s")
        say("  bearerctl status")
        say("  echo '{\"op\":\"token\"}' | socat - UNIX-CONNECT:$BEARERD_SOCKET")
        say("  curl -d '{\"endpoint\":\"token\",\"then\":{\"status\":503}}' \(server)/simulator/faults   # an outage")
        say("  curl -d '{\"endpoint\":\"token\"}' \(server)/simulator/faults   # and its end")
        say("  tail -f \(journal)")
        say("Ctrl-C ends bearerd and removes its files.")
    }
}
