internal import ArgumentParser
internal import BearerCore
internal import CLinux

@main
struct Bearerctl: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bearerctl",
        abstract: "Asks the bearerd of this host for tokens and for how it is doing.",
        discussion: """
            The socket is the one given by --socket, else $BEARERD_SOCKET, else the user's own, else \
            /run/bearerd/bearerd.sock.

            Exit codes: 64 usage, 69 no daemon or connection lost, 70 internal error of the daemon, 71 no descriptor or \
            thread left, 73 the token file cannot be written, 74 the answer cannot be written, 75 no token for the time \
            being, 77 access denied, 78 unknown profile, registration refused or bad configuration.
            """,
        version: BearerdVersion.current,
        subcommands: [
            TokenCommand.self, ExecCommand.self, StatusCommand.self, WatchCommand.self, RenewCommand.self,
            PingCommand.self, MetricsCommand.self, ReloadCommand.self, RegisterCommand.self, ExportCommand.self,
            CheckCommand.self,
        ])

    /// Scripts say `bearerctl token`, without an option, most of the time. There is nothing to parse in that, and the
    /// parser takes as long to say so as the rest of the process.
    static func main() {
        clinux_fill_standard_descriptors()
        guard CommandLine.arguments.dropFirst() == ["token"] else { return main(nil) }
        do { try reporting { () throws(CommandError) in try TokenCommand.printToken() } } catch {
            exit(withError: error)
        }
    }
}
