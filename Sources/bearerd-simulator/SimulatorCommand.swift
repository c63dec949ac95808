internal import ArgumentParser
internal import AuthServerSimulator

@main
struct SimulatorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bearerd-simulator",
        abstract: "Plays Adobe Pass Authentication's client registration on 127.0.0.1.",
        discussion: "Everything it issues is made up and good for nothing elsewhere.",
        subcommands: [ServeCommand.self, DemoCommand.self])
}

/// Serves until SIGINT or SIGTERM; a line on standard output once it listens, then one per call.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve the two endpoints until Ctrl-C.",
        discussion: """
            Scripts order faults with POST /simulator/faults and POST /simulator/revoke, and read what happened from \
            GET /simulator/calls.
            """)

    @Option(help: "TCP port on 127.0.0.1; 0 takes a free one.")
    var port: UInt16 = 0

    @Option(help: "Seconds that a token lasts.")
    var lifetime: UInt32 = 21_600

    @Flag(name: .customLong("no-throttle"), help: "Answer any number of requests a second.")
    var isUnthrottled = false

    @Option(name: .customLong("scope"), parsing: .singleValue, help: "A scope of registered applications.")
    var scopes: [String] = ["api:client:v2"]

    @Flag(
        name: .customLong("older-media-type"),
        help: "Take application/json without ;charset=utf-8, as before August 2025.")
    var allowsOlderMediaType = false

    @Option(help: ArgumentHelp("PEM file with the server's certificate chain: serve HTTPS.", valueName: "file"))
    var tlsCertificate: String?

    @Option(help: ArgumentHelp("PEM file with the certificate's key.", valueName: "file"))
    var tlsKey: String?

    @Option(
        name: .customLong("fault"),
        help: ArgumentHelp(
            "Faults for an endpoint, as for POST /simulator/faults: {\"endpoint\":\"token\",\"faults\":[{\"status\":503}]}.",
            valueName: "json"))
    var faults: [String] = []

    func validate() throws {
        guard (tlsCertificate == nil) == (tlsKey == nil) else {
            throw ValidationError("--tls-certificate and --tls-key come together.")
        }
        _ = try orders()
    }

    private func orders() throws -> [FaultOrder] {
        try faults.map { text in
            do throws(SimulatorError) {
                return try FaultOrder(json: Array(text.utf8))
            } catch {
                throw ValidationError("--fault: \(error)")
            }
        }
    }

    private var tls: TLSFiles? {
        guard let tlsCertificate, let tlsKey else { return nil }
        return TLSFiles(certificateChain: tlsCertificate, privateKey: tlsKey)
    }

    func run() async throws {
        let interrupt = Interrupt()
        let simulator = try await AuthServerSimulator.start(
            SimulatorConfiguration(
                port: Int(port), tls: tls, throttle: isUnthrottled ? nil : .adobe, tokenLifetime: Int(lifetime),
                scopes: scopes, allowsOlderMediaType: allowsOlderMediaType, onCall: { say($0.description) }))
        for order in try orders() { simulator.script(order) }
        say("listening on \(simulator.baseURL)")
        await interrupt.wait()
        await simulator.shutdown()
    }
}
