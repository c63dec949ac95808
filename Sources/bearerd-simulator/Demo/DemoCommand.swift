internal import ArgumentParser
internal import AuthServerSimulator
internal import Glibc

/// The newcomer's first command: what happens on one host, with a simulated server, shown and counted.
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Show what a real bearerd does: registration, renewal, a restart, an outage of the server.",
        discussion: """
            Each line is proved by what the simulated server and a client counted; if something else was counted, it ends \
            with 1. Needs bearerd and bearerctl beside this executable. Leaves nothing behind.
            """)

    @Flag(help: "End after the tour, which takes half a minute.")
    var once = false

    func run() async throws {
        let interrupt = Interrupt()
        let programs = try Programs.beside()
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        let simulator = try await AuthServerSimulator.start(
            SimulatorConfiguration(tokenLifetime: DemoFiles.tokenLifetime))
        do {
            let files = try DemoFiles.write(in: directory.path, server: simulator.baseURL)
            try await show(files, programs, simulator, until: interrupt)
        } catch {
            await simulator.shutdown()
            throw error
        }
        await simulator.shutdown()
    }

    private func show(
        _ files: DemoFiles, _ programs: Programs, _ simulator: AuthServerSimulator, until interrupt: Interrupt
    ) async throws {
        let manager = try ServiceManager(files, bearerd: programs.bearerd)
        let tour = Tour(socket: files.socket, simulator: simulator, manager: manager)
        do {
            try await withThrowingTaskGroup { group in
                group.addTask {
                    await interrupt.wait()
                    return true
                }
                group.addTask {
                    for await _ in manager.failures { throw DemoError.daemonEnded }
                    return false
                }
                group.addTask {
                    try await tour.run()
                    if !once { files.showHowToAsk(programs, server: simulator.baseURL) }
                    return once
                }
                while let isOver = try await group.next(), !isOver {}
                group.cancelAll()
                // What is interrupted is no failure.
                while await group.nextResult() != nil {}
            }
        } catch {
            try? await manager.stop()
            files.showJournal()
            throw error
        }
        try await manager.stop()
    }
}

/// Why the demonstration cannot go on. Messages are for people.
enum DemoError: Error, CustomStringConvertible {
    case noProgram(String, directory: String)
    case system(String, code: Int32)
    case daemonEnded
    /// Something else was counted than was claimed.
    case counted(String, Int, expected: String)

    var description: String {
        switch self {
        case .noProgram(let name, let directory):
            "there is no \(name) in \(directory); build it first: swift build --product \(name)"
        case .system(let action, let code): "\(action): \(String(cString: strerror(code)))"
        case .daemonEnded: "bearerd ended early, or not with 0; its lines above say why"
        case .counted(let what, let count, let expected): "\(what): counted \(count), expected \(expected)"
        }
    }
}
