internal import ArgumentParser
import BearerConfiguration
internal import BearerCore
internal import BearerService
internal import Glibc

@main
struct Bearerd: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bearerd",
        abstract: "Keeps a fresh Adobe Pass access token and serves it to local processes over a Unix socket.",
        discussion: """
            Started by systemd, bearerd takes its sockets, its state directory and the software statement from the \
            unit. Without systemd every path is given here. What systemd hands over wins over an option, an option \
            over a default.
            """,
        version: BearerdVersion.current)

    @Option(help: ArgumentHelp("The configuration file.", valueName: "file"))
    var config: String?

    @Option(help: ArgumentHelp("The socket for clients.", valueName: "path"))
    var socket: String?

    @Option(help: ArgumentHelp("The socket for LoadCredential= of other units.", valueName: "path"))
    var credentialSocket: String?

    @Option(help: ArgumentHelp("Where client credentials are kept.", valueName: "dir"))
    var stateDirectory: String?

    @Option(help: ArgumentHelp("Permission bits of the socket, octal.", valueName: "mode"), transform: octalMode)
    var socketMode: UInt32 = 0o660

    @Option(help: ArgumentHelp("The group that owns the socket.", valueName: "name"))
    var socketGroup: String?

    @Option(help: "trace, debug, info, notice, warning, error or critical.")
    var logLevel: LogLevel?

    @Flag(help: "Check the configuration, print what it comes to, and start nothing.")
    var check = false

    func run() throws {
        ProcessHardening.apply()
        var options = DaemonOptions()
        options.configuration = config
        options.socket = socket
        options.credentialSocket = credentialSocket
        options.stateDirectory = stateDirectory
        options.socketMode = socketMode
        options.socketGroup = socketGroup
        options.logLevel = logLevel
        let status = check ? DaemonCheck.run(options) : Daemon.run(options)
        throw ExitCode(status.rawValue)
    }
}

extension LogLevel: ExpressibleByArgument {}

/// Three or four octal digits, as chmod(1) takes them.
private func octalMode(_ text: String) throws -> UInt32 {
    guard (3...4).contains(text.count), let mode = UInt32(text, radix: 8), mode <= 0o777 else {
        throw ValidationError("'\(text)' is not a mode: expected octal digits such as 0660")
    }
    return mode
}
