import AuthServerSimulator
import BearerJSON
import Glibc
import Subprocess
import TestSupport
import Testing

extension EndToEnd {
    @Suite("bearerctl watch --output")
    struct TokenFileTests {
        @Test(
            "each format holds the token, and the file has its mode and stands alone",
            arguments: [
                ("bare", "@"), ("header", "Authorization: Bearer @\n"), ("env", "BEARER_TOKEN=@\n"),
                ("nginx", "proxy_set_header Authorization \"Bearer @\";\n"),
                ("curl", "header = \"Authorization: Bearer @\"\n"),
            ])
        func formats(format: String, expected: String) async throws {
            try await Host.run { host in
                let token = try await host.start().token()
                try await host.keep(["--format", format, "--mode", "0604"]) { file in
                    try await file.appears()
                    #expect(
                        file.text
                            == expected.split(separator: "@", omittingEmptySubsequences: false).joined(
                                separator: token))
                    #expect(file.permissions == 0o604)
                    #expect(Files.names(in: file.directory) == ["token"])
                }
            }
        }

        @Test("json is the reply, without what is true at one moment only")
        func json() async throws {
            try await Host.run { host in
                let daemon = try await host.start()
                let reply = try await daemon.ask(#"{"op":"token"}"#)
                try await host.keep(["--format", "json"]) { file in
                    try await file.appears()
                    let text = try #require(file.text)
                    #expect(text.hasSuffix("}\n"))
                    let kept = try Reply(text)
                    #expect(kept.token == reply.token)
                    #expect(kept.generation == 1)
                    #expect(kept["expires_at"]?.wholeNumber == reply["expires_at"]?.wholeNumber)
                    #expect(kept["expires_in"] == nil)
                    #expect(file.permissions == 0o640)
                }
            }
        }

        @Test("over renewals and a daemon that is killed, whoever reads the file finds a valid token")
        func renewals() async throws {
            try await Host.run(.lifetime(5)) { host in
                let daemon = try await host.start()
                try await host.keep { file in
                    try await file.appears()
                    let simulator = host.simulator
                    let reader = Task {
                        var (tokens, bad) = (Set<String>(), 0)
                        while !Task.isCancelled {
                            let text = file.text ?? ""
                            if !simulator.isValid(text) { bad += 1 }
                            tokens.insert(text)
                            try? await Task.sleep(for: .milliseconds(5))
                        }
                        return (tokens, bad)
                    }
                    await eventually("three tokens were issued") { simulator.calls(to: .token).count >= 3 }
                    try await daemon.stop(SIGKILL)
                    let next = try await host.start()
                    let token = try await next.token()
                    await eventually("the file follows the next daemon") { file.text == token }
                    reader.cancel()
                    let (tokens, bad) = await reader.value
                    #expect(tokens.count >= 2)
                    #expect(bad == 0)
                }
            }
        }

        @Test("at the end of a token without a successor the file is removed, the command runs, and it comes back")
        func end() async throws {
            try await Host.run(.lifetime(3)) { host in
                let daemon = try await host.start()
                let command = "test -e \(host.tokenFile) && echo there || echo gone"
                try await host.keep(command: ["sh", "-c", command]) { file in
                    try await file.line("there")
                    let last = try #require(file.text)
                    try await daemon.stop()
                    while file.text != nil {
                        #expect(host.simulator.isValid(last))
                        try await Task.sleep(for: .milliseconds(2))
                    }
                    try await file.line("removed: its token has ended")
                    try await file.line("gone")
                    _ = try await host.start()
                    try await file.line("in order again")
                    #expect(file.text.map(host.simulator.isValid) == true)
                }
            }
        }

        @Test("a command that fails is run again until it succeeds, and says so once")
        func failingCommand() async throws {
            try await Host.run { host in
                _ = try await host.start()
                let mark = host.directory + "/mended"
                try await host.keep(command: ["sh", "-c", "echo tried; test -e \(mark) || exit 3"]) { file in
                    try await file.line("sh: exit status 3: it is run again until it succeeds")
                    await eventually("it was tried again") { file.lines.count { $0 == "tried" } >= 2 }
                    try Files.write("", to: mark)
                    try await file.line("sh: has succeeded")
                    #expect(file.lines.count { $0.contains("exit status") } == 1)
                }
            }
        }

        @Test("a change that comes while the command runs lets it run once more")
        func changeDuringCommand() async throws {
            try await Host.run { host in
                let daemon = try await host.start()
                let first = try await daemon.token()
                let go = host.directory + "/go"
                #expect(mkfifo(go, 0o600) == 0)
                try await host.keep(command: ["sh", "-c", "echo begins; read line < \(go); echo ends"]) { file in
                    try await file.line("begins")
                    _ = try await daemon.ask(#"{"op":"renew","rejected":"\#(first)"}"#)
                    await eventually("the file has the next token") { file.text != first && file.text != nil }
                    #expect(file.lines.count { $0 == "begins" } == 1)
                    try await blocking { try Files.write("\n", to: go) }
                    await eventually("it runs again") { file.lines.count { $0 == "begins" } == 2 }
                    try await blocking { try Files.write("\n", to: go) }
                }
            }
        }

        @Test("a start with SIGCHLD ignored changes nothing: the command runs at each change, and SIGTERM ends all")
        func ignoredChildSignal() async throws {
            try await Host.run { host in
                let daemon = try await host.start()
                let first = try await daemon.token()
                let watch = "\(try Programs.path("bearerctl")) watch --socket \(host.socket) --output \(host.tokenFile)"
                let program = try await RunningProgram.start(
                    "/bin/sh", ["-c", "trap '' CHLD; exec \(watch) -- echo changed"])
                let file = KeptFile(program: program, path: host.tokenFile)
                try await file.line("changed")
                _ = try await daemon.ask(#"{"op":"renew","rejected":"\#(first)"}"#)
                await eventually("it runs again") { file.lines.count { $0 == "changed" } == 2 }
                program.signal(SIGTERM)
                #expect(try await program.end() == .exited(0))
            }
        }

        @Test("SIGHUP ends it, but not where it was started with SIGHUP ignored, as nohup does")
        func hangup() async throws {
            try await Host.run { host in
                let daemon = try await host.start()
                let first = try await daemon.token()
                let ended = try await host.startKeeper()
                try await ended.appears()
                ended.program.signal(SIGHUP)
                #expect(try await ended.program.end() == .exited(0))
                let watch = "\(try Programs.path("bearerctl")) watch --socket \(host.socket) --output \(host.tokenFile)"
                let program = try await RunningProgram.start("/bin/sh", ["-c", "trap '' HUP; exec \(watch)"])
                let file = KeptFile(program: program, path: host.tokenFile)
                try await file.appears()
                program.signal(SIGHUP)
                _ = try await daemon.ask(#"{"op":"renew","rejected":"\#(first)"}"#)
                await eventually("the file has the next token") { file.text != first && file.text != nil }
                program.signal(SIGTERM)
                #expect(try await program.end() == .exited(0))
            }
        }

        @Test("the end of one of two keepers leaves the file that the other has written since")
        func twoKeepers() async throws {
            try await Host.run { host in
                let token = try await host.start().token()
                let old = try await host.startKeeper()
                try await old.appears()
                let inode = old.inode
                try await host.keep { file in
                    await eventually("the new one has written the file") { file.inode != inode && file.inode != 0 }
                    old.program.signal(SIGTERM)
                    let end = try await old.program.end()
                    #expect(end == .exited(0))
                    #expect(file.text == token)
                }
                #expect(old.text == nil)
            }
        }

        @Test("a file that somebody removes is written again")
        func removed() async throws {
            try await Host.run { host in
                let token = try await host.start().token()
                try await host.keep { file in
                    try await file.appears()
                    Files.remove(file.path)
                    try await file.line("somebody has removed it")
                    await eventually("the token is there again") { file.text == token }
                }
            }
        }

        @Test("a start that fails leaves what was there")
        func failedStart() async throws {
            try await Host.run { host in
                _ = try await host.start()
                try Files.write("kept", to: host.tokenFile)
                let end = timespec(tv_sec: time(nil) + 600, tv_nsec: 0)
                #expect(utimensat(AT_FDCWD, host.tokenFile, [end, end], 0) == 0)
                let result = try await host.control(["watch", "--output", host.tokenFile, "--profile", "elsewhere"])
                #expect(result.status == EX_CONFIG)
                #expect(try Files.text(host.tokenFile) == "kept")
            }
        }

        @Test("a command that cannot be started is told, and the file is kept all the same")
        func missingCommand() async throws {
            try await Host.run { host in
                _ = try await host.start()
                try await host.keep(command: ["/nonexistent"]) { file in
                    try await file.line("/nonexistent: No such file or directory")
                    #expect(file.text != nil)
                }
            }
        }

        @Test("SIGTERM ends it with 0, removes the file, and ends the command's processes")
        func termination() async throws {
            try await Host.run { host in
                _ = try await host.start()
                let file = try await host.startKeeper(command: ["sh", "-c", "sleep 1000 & echo child $!; wait"])
                let child = try await file.line("child ").split(separator: " ").last.flatMap { pid_t($0) } ?? 0
                #expect(kill(child, 0) == 0)
                file.program.signal(SIGTERM)
                #expect(try await file.program.end() == .exited(0))
                #expect(file.text == nil)
                await eventually("its child has ended") { kill(child, 0) != 0 || Self.isZombie(child) }
            }
        }

        @Test("below $RUNTIME_DIRECTORY the file is systemd's to remove")
        func runtimeDirectory() async throws {
            try await Host.run { host in
                _ = try await host.start()
                let file = try await host.startKeeper(environment: ["RUNTIME_DIRECTORY": "/x:\(host.directory)"])
                try await file.appears()
                file.program.signal(SIGTERM)
                #expect(try await file.program.end() == .exited(0))
                #expect(file.text != nil)
            }
        }

        @Test("READY=1 comes when the file is there, and each change is a reload")
        func notify() async throws {
            try await Host.run { host in
                let systemd = try DatagramSocket(path: host.directory + "/notify")
                let file = try await host.startKeeper(environment: ["NOTIFY_SOCKET": systemd.path])
                let daemon = try await host.start()
                let ready = try await blocking { try systemd.message(containing: "READY=1") }
                #expect(ready.hasPrefix("READY=1\nSTATUS=\(file.path): a token until "))
                let token = try #require(file.text)
                _ = try await daemon.ask(#"{"op":"renew","rejected":"\#(token)"}"#)
                #expect(try await blocking { systemd.receiveText() }.hasPrefix("RELOADING=1\nMONOTONIC_USEC="))
                #expect(try await blocking { systemd.receiveText() }.hasPrefix("READY=1\nSTATUS="))
                file.program.signal(SIGTERM)
                #expect(try await blocking { systemd.receiveText() } == "STOPPING=1")
                _ = try await file.program.end()
            }
        }

        @Test("what an earlier process left is removed at the time that it is marked with")
        func predecessor() async throws {
            try await Host.run { host in
                let path = host.tokenFile
                try Files.write("old", to: path)
                let end = time(nil) + 2
                #expect(
                    utimensat(
                        AT_FDCWD, path, [timespec(tv_sec: end, tv_nsec: 0), timespec(tv_sec: end, tv_nsec: 0)], 0) == 0)
                try Files.write("half", to: "\(host.directory)/keeper/.token.\(Self.unusedProcess)")
                try await host.keep { file in
                    try await file.line("is bearerd running?")
                    #expect(file.text == "old")
                    try await file.line("removed: its token has ended")
                    // time(2) may be some milliseconds late.
                    #expect(time(nil) + 1 >= end)
                    #expect(Files.names(in: file.directory) == [])
                }
            }
        }

        @Test("without access it ends at its start; later it goes on, and the file stays to the end of its token")
        func denial() async throws {
            try await Host.run(profile: "allow: {users: [54321]}") { host in
                let daemon = try await host.start()
                let refused = try await host.control(["watch", "--output", host.tokenFile])
                #expect(refused.status == EX_NOPERM)
                #expect(refused.errors.contains("access_denied"))
                try host.configure(profile: "allow: {users: [0]}")
                #expect(try await daemon.ask(#"{"op":"reload"}"#).error == nil)
                try await host.keep { file in
                    try await file.appears()
                    try host.configure(profile: "allow: {users: [54321]}")
                    #expect(try await daemon.ask(#"{"op":"reload"}"#).error == nil)
                    try await file.line("access_denied")
                    #expect(file.text != nil)
                }
            }
        }

        @Test(
            "bad input is told, with what is expected",
            arguments: [
                (["--format", "bare"], EX_USAGE, "need --output"),
                (["--", "true"], EX_USAGE, "need --output"),
                (["--output", "DIR/x/"], EX_USAGE, "expected the path of a file"),
                (["--output", "DIR/x", "--mode", "0660"], EX_USAGE, "0660"),
                (["--output", "DIR/x", "--mode", "rw"], EX_USAGE, "rw"),
                (["--output", "DIR/x", "--format", "yaml"], EX_USAGE, "nginx"),
                (["--output", "DIR/x", "--group", "nobody-has-this-name"], EX_USAGE, "nobody-has-this-name"),
                (["--output", "DIR"], EX_CANTCREAT, "expected a regular file, or none: found a directory"),
                (["--output", "/dev/null"], EX_CANTCREAT, "expected a regular file, or none: found a device"),
                (["--output", "DIR/missing/x"], EX_CANTCREAT, "DIR/missing: No such file or directory"),
                (["--output", "DIR/x", "--profile", "elsewhere"], EX_CONFIG, "unknown_profile"),
            ] as [([String], CInt, String)])
        func badInput(arguments: [String], status: CInt, message: String) async throws {
            try await Host.run { host in
                _ = try await host.start()
                let directory = host.directory
                func named(_ text: String) -> String {
                    text.hasPrefix("DIR") ? directory + text.dropFirst(3) : text
                }
                let result = try await host.control(["watch"] + arguments.map(named))
                #expect(result.status == status)
                #expect(result.output == "")
                #expect(result.errors.contains(named(message)), "\(result.errors)")
                #expect(access(directory + "/x", F_OK) != 0)
            }
        }

        /// No process has this number: the kernel's limit is below.
        private static let unusedProcess = 99_999_999

        private static func isZombie(_ process: pid_t) -> Bool {
            (try? Files.text("/proc/\(process)/stat"))?.contains(") Z ") ?? true
        }
    }
}

/// A `bearerctl watch --output` that runs, and its file.
struct KeptFile: Sendable {
    let program: RunningProgram
    let path: String

    var directory: String { path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "." }
    /// The contents; nil when there is no file.
    var text: String? { try? Files.text(path) }
    var permissions: mode_t? { Files.mode(path).map { $0 & 0o7777 } }
    var lines: [String] { program.transcript.lines }
    var inode: UInt {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_ino : 0
    }

    func appears() async throws {
        await eventually("\(path) is there") { text != nil }
    }

    /// Waits for a line of the program or of its command.
    @discardableResult
    func line(_ text: String) async throws -> String {
        try await program.transcript.line(containing: text)
    }
}

extension Host {
    /// Its directory is made by the first that asks.
    var tokenFile: String {
        let directory = "\(directory)/keeper"
        mkdir(directory, 0o755)
        return "\(directory)/token"
    }

    /// Starts `bearerctl watch` for ``tokenFile``.
    func startKeeper(
        _ options: [String] = [], command: [String] = [], environment: [String: String] = [:]
    ) async throws -> KeptFile {
        let arguments = ["watch", "--socket", socket, "--output", tokenFile] + options
        let program = try await RunningProgram.start(
            Programs.path("bearerctl"), arguments + (command.isEmpty ? [] : ["--"] + command), environment: environment)
        return KeptFile(program: program, path: tokenFile)
    }

    /// Runs `body` beside a `bearerctl watch` for ``tokenFile``.
    func keep(
        _ options: [String] = [], command: [String] = [], _ body: (KeptFile) async throws -> Void
    ) async throws {
        let file = try await startKeeper(options, command: command)
        let result = await Result { try await body(file) }
        file.program.signal(SIGTERM)
        #expect(try await file.program.end() == .exited(0))
        try result.get()
    }
}

extension DatagramSocket {
    /// The first message with `text` in it. Blocks.
    fileprivate func message(containing text: String) throws -> String {
        while true {
            let message = receiveText()
            guard !message.isEmpty else { throw HarnessError.waitedInVain(text, lines: []) }
            if message.contains(text) { return message }
        }
    }
}
