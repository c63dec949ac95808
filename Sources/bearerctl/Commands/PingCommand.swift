internal import ArgumentParser
internal import BearerClient
internal import BearerCore
internal import BearerJSON
internal import BearerProtocol
internal import Glibc

struct PingCommand: ReportingCommand {
    static let configuration = CommandConfiguration(
        commandName: "ping",
        abstract: "Prints the daemon's version if it answers.",
        discussion: """
            With --ready it fails with 75 unless the profile has a token: a health check that takes no token, and waits \
            for none.
            """)

    @OptionGroup var socket: SocketOption
    @OptionGroup var profile: ProfileOption

    @Flag(help: "Fail unless the profile has a token.")
    var ready = false

    func validate() throws {
        guard ready || profile.name == nil else { throw ValidationError("--profile needs --ready") }
    }

    func perform() throws(CommandError) {
        if ready {
            let status = try socket.bearerd.reply(to: .status(profile: profile.name)).status()
            try Self.check(try Self.profile(in: status))
            return StandardOutput.writeLine(status.version)
        }
        guard case .other(let value) = try socket.bearerd.reply(to: .ping), let version = value["version"]?.string
        else { throw CommandError.unexpectedReply("the reply to ping holds no version") }
        StandardOutput.writeLine(version)
    }

    /// The only profile of the status, else the one named default.
    private static func profile(in status: StatusReply) throws(CommandError) -> ProfileStatus {
        let profiles = status.profiles
        if profiles.count == 1 { return profiles[0] }
        if let usual = profiles.first(where: { $0.profile == "default" }) { return usual }
        throw CommandError(
            code: EX_CONFIG,
            message: profiles.isEmpty
                ? "there is no profile that this user may see"
                : "none of the \(profiles.count) profiles is called default: name one by --profile")
    }

    private static func check(_ profile: ProfileStatus) throws(CommandError) {
        // The daemon gives no token out that has less than a second left.
        if let end = profile.expiresAt, end > Int64(time(nil)) { return }
        let reason = profile.lastError.map { ": \($0.error): \($0.detail)" } ?? ""
        throw CommandError(code: EX_TEMPFAIL, message: "\(profile.profile): no token, \(profile.state)\(reason)")
    }
}
