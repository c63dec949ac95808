import AuthServerSimulator
import Glibc
import TestSupport

/// A mistake that people make in their first hour, as it is named in Operating.md.
struct Mistake: Sendable {
    let name: String
    /// Further options of bearerd.
    var options: @Sendable (Host) -> [String] = { _ in [] }
    var environment: @Sendable (Host) -> [String: String] = { _ in [:] }
    /// Who checks and starts; `nil`: whoever runs the tests.
    var user: UInt32?
    var make: @Sendable (Host) throws -> Void = { _ in }

    static let all = statements + clocks + places + configurations

    private static func statement(
        _ name: String, _ write: @escaping @Sendable (String) throws -> Void
    ) -> Mistake {
        Mistake(name: name, make: { try write($0.statementFile) })
    }

    private static func socket(
        _ name: String, _ path: @escaping @Sendable (Host) -> String,
        make: @escaping @Sendable (Host) throws -> Void = { _ in }
    ) -> Mistake {
        Mistake(name: name, options: { ["--socket", path($0)] }, make: make)
    }

    private static func configuration(_ name: String, settings: String) -> Mistake {
        Mistake(name: name, make: { try $0.configure(settings: settings) })
    }

    /// A user that no host has.
    private static let stranger: UInt32 = 48_151

    private static let statements = [
        statement("statement: broken into lines") { path in
            let lines = stride(from: 0, to: Canary.statement.count, by: 20).map {
                Canary.statement.dropFirst($0).prefix(20)
            }
            try Files.write(lines.joined(separator: "\n"), to: path)
        },
        statement("statement: with `Bearer`") { try Files.write("Bearer \(Canary.statement)", to: $0) },
        statement("statement: with its name") { try Files.write("software_statement=\(Canary.statement)", to: $0) },
        statement("statement: JSON around it") {
            try Files.write("{\"software_statement\": \"\(Canary.statement)\"}", to: $0)
        },
        statement("statement: encrypted, and loaded as plain") {
            try Files.write(String(repeating: "Whxqht+dQJax1aZeCGLxmiAAAAAB\n", count: 9), to: $0)
        },
        statement("statement: empty") { try Files.write("", to: $0) },
        statement("statement: missing") { unlink($0) },
        statement("statement: a directory") {
            unlink($0)
            mkdir($0, 0o755)
        },
        Mistake(
            name: "statement: for root only", user: stranger,
            make: { host in
                chmod(host.configurationFile, 0o644)
                chmod(host.statementFile, 0o600)
            }),
        Mistake(
            name: "statement: in a closed directory", user: stranger,
            make: { host in
                let path = "\(host.directory)/closed"
                mkdir(path, 0o700)
                try Files.write(Canary.statement, to: "\(path)/statement")
                let text = try Files.text(host.configurationFile)
                let changed = text.replacing(host.statementFile, with: "\(path)/statement")
                try Files.write(changed, to: host.configurationFile)
                chmod(host.configurationFile, 0o644)
            }),
        Mistake(
            name: "statement: a credential that is missing", environment: { ["CREDENTIALS_DIRECTORY": $0.directory] },
            make: { host in
                let text = "server: \(host.simulator.baseURL)\nprofiles: {first: {}, second: {}}\n"
                try Files.write(text, to: host.configurationFile)
            }),
        Mistake(
            name: "statement: a credential that the unit does not load",
            environment: { ["CREDENTIALS_DIRECTORY": $0.directory] },
            make: { host in
                let text = "profiles: {default: {software_statement: {credential: second}}}\n"
                try Files.write(text, to: host.configurationFile)
            }),
        Mistake(
            name: "statement: not from Adobe",
            make: { host in
                try Files.write(Canary.statement(#"{"iss":"auth.example.com"}"#), to: host.statementFile)
                // Nothing listens there.
                try host.configure(settings: "proxy: http://127.0.0.1:1")
                let text = try Files.text(host.configurationFile)
                let server = "server: https://sp.auth.adobe.com"
                try Files.write(
                    text.replacing("server: \(host.simulator.baseURL)", with: server), to: host.configurationFile)
            }),
    ]

    private static let clocks = [
        statement("clock: behind the statement") { path in
            try Files.write(Canary.statement(#"{"iat":4000000000,"nbf":4000000000}"#), to: path)
        }
    ]

    private static let places = [
        Mistake(name: "socket: a group that is not there", options: { _ in ["--socket-group", "bearerd-none"] }),
        socket("socket: a path that is too long") { "\($0.directory)/\(String(repeating: "s", count: 100))" },
        socket("socket: no directory") { "\($0.directory)/none/bearerd.sock" },
        socket("socket: a directory that everybody may write") {
            "\($0.directory)/open/bearerd.sock"
        } make: {
            mkdir("\($0.directory)/open", 0o777)
            chmod("\($0.directory)/open", 0o777)
        },
        socket("socket: a directory of somebody else") {
            "\($0.directory)/foreign/bearerd.sock"
        } make: {
            mkdir("\($0.directory)/foreign", 0o755)
            chown("\($0.directory)/foreign", stranger, stranger)
        },
        Mistake(name: "socket: open to everybody, without `allow`", options: { _ in ["--socket-mode", "0666"] }),
    ]

    private static let configurations = [
        Mistake(
            name: "configuration: `http://` to another host",
            make: { host in
                let text = try Files.text(host.configurationFile)
                try Files.write(
                    text.replacing(host.simulator.baseURL, with: "http://auth.example.com"), to: host.configurationFile)
            }),
        configuration("configuration: a tab", settings: "startup:\n\twait: 1"),
        configuration("configuration: a key of `device_info`", settings: "device_info: {osname: Linux}"),
        configuration("configuration: a value of `device_info`", settings: "device_info: {osName: Linus}"),
        Mistake(
            name: "configuration: for root only", user: stranger, make: { chmod($0.configurationFile, 0o600) }),
    ]
}
