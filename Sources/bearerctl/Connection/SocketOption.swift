internal import ArgumentParser
internal import BearerClient

/// Where the daemon is.
struct SocketOption: ParsableArguments {
    @Option(name: .customLong("socket"), help: ArgumentHelp("The daemon's socket.", valueName: "path"))
    var path: String?

    var bearerd: BlockingBearerd { BlockingBearerd(socket: path) }
}

/// Which profile is meant.
struct ProfileOption: ParsableArguments {
    @Option(
        name: .customLong("profile"),
        help: ArgumentHelp("The profile; default: the one named default, else the only one.", valueName: "name"))
    var name: String?
}
