internal import ArgumentParser
internal import AuthServerSimulator

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
