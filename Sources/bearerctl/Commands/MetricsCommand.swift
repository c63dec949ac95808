internal import ArgumentParser
internal import BearerClient
internal import BearerJSON
internal import BearerProtocol

struct MetricsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "metrics",
        abstract: "Prints figures in the Prometheus text format, fit for node_exporter's textfile collector.")

    @OptionGroup var socket: SocketOption

    func run() throws {
        try reporting { () throws(CommandError) in
            guard case .other(let value) = try socket.bearerd.reply(to: .status(profile: nil)) else {
                throw .unexpectedReply("the reply to status holds no profiles")
            }
            do throws(ReplyError) {
                StandardOutput.writeLine(Metrics(try StatusReply(value)).text)
            } catch {
                throw .unexpectedReply(error.description)
            }
        }
    }
}
