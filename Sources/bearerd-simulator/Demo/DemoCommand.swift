internal import ArgumentParser
internal import AuthServerSimulator
internal import Glibc

/// The newcomer's first command: everything that happens on one host, with a simulated server, shown.
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Show a registration, a token and its way to a client, with a real bearerd.",
        discussion: "Needs bearerd beside this executable. Leaves nothing behind.")

    @Flag(help: "End after the first token.")
    var once = false

    func run() async throws {
        let interrupt = Interrupt()
        let programs = try Programs.beside()
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        let simulator = try await AuthServerSimulator.start(
            SimulatorConfiguration(onCall: { say("simulator | \($0)") }))
        say("A simulated authorization server listens on \(simulator.baseURL).")
        let files = try DemoFiles.write(in: directory.path, server: simulator.baseURL)
        let tour = Tour(files: files, programs: programs, simulator: simulator, interrupt: interrupt, once: once)
        do {
            try await Daemon(path: programs.bearerd, files: files).run { try await tour.run() }
        } catch {
            await simulator.shutdown()
            throw error
        }
        await simulator.shutdown()
    }
}

/// Why the demonstration cannot go on. Messages are for people.
enum DemoError: Error, CustomStringConvertible {
    case noDaemon(directory: String)
    case system(String, code: Int32)
    case daemonEnded
    case noAnswer(socket: String)
    case unexpectedReply(String)
    case invalidToken
    case violations(Int)

    var description: String {
        switch self {
        case .noDaemon(let directory):
            "there is no bearerd in \(directory); build it first: swift build --product bearerd"
        case .system(let action, let code): "\(action): \(String(cString: strerror(code)))"
        case .daemonEnded: "bearerd ended early; its lines above say why"
        case .noAnswer(let socket): "bearerd does not answer on \(socket)"
        case .invalidToken: "the simulator does not know the token, or it has expired"
        case .violations(let count): "bearerd sent \(count) requests that are not as documented, see above"
        case .unexpectedReply(let reply): "expected a token, bearerd answered \(reply)"
        }
    }
}
