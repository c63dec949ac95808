internal import ArgumentParser

@main
struct SimulatorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bearerd-simulator",
        abstract: "Plays Adobe Pass Authentication's client registration on 127.0.0.1.",
        discussion: "Everything it issues is made up and good for nothing elsewhere.",
        subcommands: [ServeCommand.self, DemoCommand.self])
}
