internal import ArgumentParser
internal import BearerClient
internal import BearerCore
internal import BearerProtocol
internal import Glibc

struct ExportCommand: ReportingCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Prints the client credentials, for other hosts; for root and the daemon's user.",
        discussion: """
            What is printed is a secret that does not expire: send it straight into the fleet's secret store. Other hosts \
            take it by the key client of the configuration, and never register. The journal says who exported it.
            """)

    @OptionGroup var socket: SocketOption
    @OptionGroup var profile: ProfileOption

    @Flag(help: "Print it to a terminal or the journal, too.")
    var force = false

    func perform() throws(CommandError) {
        if !force, let place = Self.placeThatShows {
            throw CommandError(
                code: EX_USAGE,
                message:
                    "standard output is \(place), which would show the client secret; expected a pipe or a file, "
                    + "or --force")
        }
        let line = try socket.bearerd.ask(.export(profile: profile.name))
        guard let reply = line.withUnsafeBytes({ ExportReply(line: $0) }) else {
            _ = try Reply.read(line)
            throw .unexpectedReply("the reply to export holds no client_secret")
        }
        var client: [UInt8] = []
        reply.encodeClient(into: &client)
        StandardOutput.writeLine(client)
    }

    /// Where others may see what is written to standard output.
    private static var placeThatShows: String? {
        if isatty(STDOUT_FILENO) != 0 { return "a terminal" }
        return isJournal(STDOUT_FILENO) ? "the journal" : nil
    }
}
