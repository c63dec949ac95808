internal import AuthServerSimulator
internal import BearerClient
internal import BearerProtocol
internal import Subprocess
internal import SystemPackage

/// What the demonstration shows while simulator and daemon run.
struct Tour: Sendable {
    let files: DemoFiles
    let programs: Programs
    let simulator: AuthServerSimulator
    let interrupt: Interrupt
    let once: Bool

    private static let request = #"{"op":"token"}"#

    /// Shows everything, then waits for Ctrl-C unless ``once``. Ctrl-C ends it at any time.
    func run() async throws {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                try await show()
                return once
            }
            group.addTask {
                await interrupt.wait()
                return true
            }
            while let isOver = try await group.next(), !isOver {}
            group.cancelAll()
        }
    }

    private func show() async throws {
        try await showToken()
        try await showStatus()
        try showCalls()
        if !once { showHowToAsk() }
    }

    private func showToken() async throws {
        try await waitForSocket()
        say("request   > \(Self.request)")
        let text = try await ask(.token(TokenRequest()))
        guard let reply = TokenReply(text) else { throw DemoError.unexpectedReply(text) }
        say("reply     < \(reply.shortened)")
        guard simulator.isValid(reply.token) else { throw DemoError.invalidToken }
        say("The token is a simulated one, shortened here. The simulator confirms that it is valid.")
    }

    private static let socketPatience = Duration.seconds(20)

    private func waitForSocket() async throws {
        let deadline = ContinuousClock.now + Self.socketPatience
        while (try? await ask(.ping)) == nil {
            guard ContinuousClock.now < deadline else { throw DemoError.noAnswer(socket: files.socket) }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    @concurrent
    private func ask(_ operation: Operation) async throws -> String {
        String(decoding: try BlockingBearerd(socket: files.socket).line(answering: operation), as: UTF8.self)
    }

    private func showStatus() async throws {
        guard let bearerctl = programs.bearerctl else { return }
        say("$ bearerctl status --socket \(files.socket)")
        let result = try await Subprocess.run(
            .path(FilePath(bearerctl)), arguments: ["status", "--socket", files.socket], input: .none,
            output: .string(limit: 65_536), error: .currentStandardError)
        for line in result.standardOutput.split(separator: "\n") { say("  \(line)") }
    }

    private func showCalls() throws {
        let calls = simulator.calls
        let violations = simulator.violations.count
        say("The server saw \(calls.count) calls, \(violations) of them not as documented:")
        for call in calls { say("  \(call)") }
        guard violations == 0 else { throw DemoError.violations(violations) }
    }

    private func showHowToAsk() {
        say("")
        say("Ask yourself, from another terminal:")
        if let bearerctl = programs.bearerctl { say("  \(bearerctl) token --socket \(files.socket)") }
        say("  echo '\(Self.request)' | socat - UNIX-CONNECT:\(files.socket)")
        say("  echo '\(Self.request)' | nc -N -U \(files.socket)")
        say("  \(pythonLine)")
        say("Ctrl-C ends the daemon and removes the directory.")
    }

    private var pythonLine: String {
        """
        python3 -c 'import socket; s = socket.socket(socket.AF_UNIX); s.connect("\(files.socket)"); \
        s.sendall(b"{\\"op\\":\\"token\\"}\\n"); print(s.makefile().readline())'
        """
    }
}

/// A reply that holds a token, for showing it without the token's whole length.
private struct TokenReply {
    let token: String
    /// The reply with the first characters of the token only.
    let shortened: String

    private static let start = "\"access_token\":\""
    private static let shownCharacters = 16

    /// Nil when the reply holds no token.
    init?(_ reply: String) {
        guard let start = reply.firstRange(of: Self.start)?.upperBound,
            let end = reply[start...].firstIndex(of: "\"")
        else { return nil }
        token = String(reply[start..<end])
        shortened = reply[..<start] + token.prefix(Self.shownCharacters) + "…" + reply[end...]
    }
}
