internal import ArgumentParser
internal import BearerClient
internal import BearerJSON
internal import BearerProtocol
internal import Glibc

struct RegisterCommand: ReportingCommand {
    static let configuration = CommandConfiguration(
        commandName: "register",
        abstract: "Registers anew, for client credentials that are no good any more; for root and the daemon's user.",
        discussion: """
            The old credentials are archived. Viewers have to sign in again: what they are signed in with belongs to \
            the old credentials. Until the registration is sent, ending this command (Ctrl-C) takes it back.
            """)

    @OptionGroup var socket: SocketOption
    @OptionGroup var profile: ProfileOption

    @Flag(help: "Replace credentials that there are.")
    var force = false

    func perform() throws(CommandError) {
        guard case .other(let value) = try reply(), let client = value["client_id"]?.string else {
            throw CommandError.unexpectedReply("the reply to register holds no client_id")
        }
        StandardOutput.writeLine(client)
        // Without it there were no old credentials, or the daemon would have refused.
        if force { StandardError.complain(ShortReply.registrationNotice) }
    }

    /// Without a reply it is not known what has come of it, and nobody asks again.
    private func reply() throws(CommandError) -> Reply {
        do throws(CommandError) {
            return try socket.bearerd.reply(to: .register(profile: profile.name, force: force))
        } catch  where error == CommandError(.connectionLost) || error == CommandError(.timedOut) {
            throw .unavailable("\(error.message): see in bearerctl status whether it has registered")
        } catch {
            throw error
        }
    }
}

struct ReloadCommand: ReportingCommand {
    static let configuration = CommandConfiguration(
        commandName: "reload",
        abstract: "Makes the daemon take its configuration anew; for root and the daemon's user.",
        discussion: "Ends when the new configuration is in force, or fails with the reason why the old one still is.")

    @OptionGroup var socket: SocketOption

    func perform() throws(CommandError) {
        let line = try socket.bearerd.ask(.reload)
        guard case .error(let error) = try? Reply.parse(line: line[...]), error.code == .invalidRequest else {
            guard case .other(let value) = try Reply.read(line), value["reloaded"]?.bool == true else {
                throw .unexpectedReply("the reply to reload does not say that it was done")
            }
            return
        }
        // What the daemon refuses here is its configuration, not our request.
        throw CommandError(code: EX_CONFIG, message: error.description)
    }
}
