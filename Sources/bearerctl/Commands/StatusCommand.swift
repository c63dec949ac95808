internal import ArgumentParser
internal import BearerClient
internal import BearerJSON
internal import BearerProtocol

struct StatusCommand: ReportingCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Shows how the daemon and its profiles are doing.")

    @OptionGroup var socket: SocketOption
    @OptionGroup var profile: ProfileOption

    @Flag(help: "Print the daemon's reply.")
    var json = false

    func perform() throws(CommandError) {
        let line = try socket.bearerd.ask(.status(profile: profile.name))
        let reply = try Reply.read(line)
        if json { return StandardOutput.writeLine(line) }
        StandardOutput.writeLine(StatusTable(try reply.status()).text)
    }
}

struct MetricsCommand: ReportingCommand {
    static let configuration = CommandConfiguration(
        commandName: "metrics",
        abstract: "Prints figures in the Prometheus text format, fit for node_exporter's textfile collector.")

    @OptionGroup var socket: SocketOption

    func perform() throws(CommandError) {
        let reply = try socket.bearerd.reply(to: .status(profile: nil))
        StandardOutput.writeLine(Metrics(try reply.status()).text)
    }
}
