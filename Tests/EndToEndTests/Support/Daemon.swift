import Glibc
import Subprocess

/// A running bearerd.
struct Daemon: Sendable {
    let program: RunningProgram
    let socket: String

    var lines: [String] { program.transcript.lines }

    /// Waits for a line of its log.
    @discardableResult
    func line(containing text: String) async throws -> String {
        try await program.transcript.line(containing: text)
    }

    /// Sends one request on a connection of its own and returns the reply.
    func ask(_ request: String) async throws -> Reply {
        let socket = socket
        return try await blocking { try Connection(to: socket).ask(request) }
    }

    /// The token that it gives out now.
    func token() async throws -> String {
        let reply = try await ask(#"{"op":"token"}"#)
        guard let token = reply.token else { throw HarnessError.notAnObject(reply.text) }
        return token
    }

    /// Sends `signal` and waits for the end.
    @discardableResult
    func stop(_ signal: CInt = SIGTERM) async throws -> TerminationStatus {
        program.signal(signal)
        return try await program.end()
    }
}
