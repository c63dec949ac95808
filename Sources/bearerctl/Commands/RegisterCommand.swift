internal import ArgumentParser
internal import BearerClient
internal import BearerJSON
internal import BearerProtocol

struct RegisterCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "register",
        abstract: "Registers anew, for client credentials that are no good any more; for root and the daemon's user.",
        discussion: """
            The old credentials are kept aside. Viewers have to sign in again: what they are signed in with belongs to \
            the old credentials.
            """)

    @OptionGroup var socket: SocketOption
    @OptionGroup var profile: ProfileOption

    @Flag(help: "Replace credentials that there are.")
    var force = false

    func run() throws {
        try reporting { () throws(CommandError) in
            let operation = Operation.register(profile: profile.name, force: force)
            guard case .other(let value) = try socket.bearerd.waitForReply(to: operation),
                let client = value["client_id"]?.string
            else { throw CommandError.unexpectedReply("the reply to register holds no client_id") }
            StandardOutput.writeLine(client)
            StandardError.complain(RegisterReply.notice)
        }
    }
}
