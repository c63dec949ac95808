internal import BearerClient
internal import BearerCore
internal import BearerLoop
internal import BearerProtocol
internal import Glibc

/// Keeps a file equal to the current token of a profile, until it is ended by a signal.
///
/// A token stays in the file until its own end,
/// whatever happens to the daemon; then the file is removed. Everything here happens on the thread of the loop.
final class TokenFileKeeper {
    private let file: TokenFile
    private let loop: ServingLoop
    private let command: ChangeCommand?
    private let manager = ServiceManager()
    /// Ends the process with this status.
    private let onEnd: (CInt) -> Void
    private var alarm: Alarm?
    private var signals: SignalWatch?
    private var watch: ProfileWatch?

    /// When the token in the file ends; nil when there is no file.
    private var end: ClockReading?
    /// The file that holds it.
    private var version: TokenFile.Version?
    /// The newest token, as long as the file could not be written.
    private var unwritten: TokenReply?
    /// The token in the file, and when it came; nil when there is none, and when an earlier process wrote it.
    private var written: (reply: TokenReply, received: ClockReading)?
    /// What systemd is told of the file.
    private var fileStatus = ""
    private var isReady = false
    private var isOver = false
    /// The trouble that was said last.
    private var trouble: Trouble?

    private enum Trouble: Equatable {
        case daemon(BearerError)
        case file(TokenFileError)
    }

    /// The signals that end it, unless whoever started it had it ignore them, as nohup(1) does; SIGCHLD tells of the command.
    /// They must be blocked before the process has threads.
    static let signals = [SIGTERM, SIGCHLD] + [SIGINT, SIGHUP].filter { !SignalWatch.isIgnored($0) }
    /// A file that could not be written is written again after this long.
    private static let writePause = Duration.seconds(1)
    /// How often is looked whether the file is still there.
    private static let checkInterval = Duration.seconds(10)

    init(
        _ file: TokenFile, profile: String?, of bearerd: BlockingBearerd, command: [String], on loop: ServingLoop,
        onEnd: @escaping (CInt) -> Void
    ) {
        self.file = file
        self.loop = loop
        self.command = command.isEmpty ? nil : ChangeCommand(command, on: loop)
        self.onEnd = onEnd
        watch = ProfileWatch(
            of: profile, at: bearerd, on: loop, onToken: { [unowned self] in take($0) },
            onTrouble: { [unowned self] in hear($0) })
    }

    func start() {
        do throws(CommandError) {
            try prepare()
            manager.status("\(file.path): waiting for a token")
            watch?.start()
            check()
        } catch {
            finish(failing: error)
        }
    }

    /// - Throws: when what an earlier process left cannot be taken over, or the kernel has no descriptor left.
    private func prepare() throws(CommandError) {
        do throws(LoopError) {
            alarm = try Alarm(on: loop) { [self] in removeAtEnd() }
            signals = try SignalWatch(Self.signals, on: loop) { [self] in handle($0) }
        } catch {
            throw CommandError(code: EX_OSERR, message: error.description)
        }
        do throws(TokenFileError) {
            let now = SystemClock.now()
            if let (version, end) = try file.predecessor(now: now.wall) {
                keep(version, until: ClockReading(boot: now.boot + end - now.wall, wall: end))
            }
        } catch {
            throw .cannotCreate(error)
        }
        file.removeLeftovers()
    }
}

// MARK: Trouble

extension TokenFileKeeper {
    /// What waiting does not fix ends the process, unless it has kept a file already: then the daemon's configuration may be
    /// mended again before the token ends.
    private func hear(_ error: BearerError) {
        guard error.mayPass || isReady else { return finish(failing: CommandError(error)) }
        report(.daemon(error))
    }

    private func report(_ trouble: Trouble) {
        let isKnown =
            switch (self.trouble, trouble) {
            case (.daemon(let known)?, .daemon(let error)): known.isLike(error)
            default: self.trouble == trouble
            }
        self.trouble = trouble
        guard !isKnown else { return }
        let text =
            switch trouble {
            case .daemon(let error): error.description
            case .file(let error): error.description
            }
        StandardError.complain(text)
        manager.status(text)
    }
}

// MARK: The file

extension TokenFileKeeper {
    private func take(_ reply: TokenReply) {
        // After a new connection the daemon says what it has said before.
        if written?.reply.token == reply.token, file.exists { return troubleIsOver() }
        unwritten = reply
        write(received: SystemClock.now())
    }

    /// Writes what is to be written; when that fails, again a second later.
    private func write(received: ClockReading) {
        guard !isOver, let reply = unwritten else { return }
        // By either clock: a clock that is set never makes it longer.
        let end = ClockReading(boot: received.boot + .seconds(reply.expiresIn), wall: .seconds(reply.expiresAt))
        guard !end.isReached(at: SystemClock.now()) else {
            unwritten = nil
            return
        }
        let version: TokenFile.Version
        do throws(TokenFileError) {
            version = try file.replace(with: reply, end: end.wall)
        } catch {
            guard isReady else { return finish(failing: .cannotCreate(error)) }
            report(.file(error))
            loop.schedule(after: Self.writePause) { [self] in
                if unwritten == reply { write(received: received) }
            }
            return
        }
        unwritten = nil
        written = (reply, received)
        troubleIsOver()
        keep(version, until: end)
        changed(status: "\(file.path): a token until \(SystemClock.text(end.wall, "%F %T %Z"))")
    }

    private func troubleIsOver() {
        guard trouble != nil else { return }
        trouble = nil
        StandardError.inform("\(file.path): in order again")
        manager.status(fileStatus)
    }

    /// Writes the file again if somebody has removed it.
    private func check() {
        if !isOver, unwritten == nil, let written, !file.exists {
            StandardError.complain("\(file.path): somebody has removed it: it is written again")
            unwritten = written.reply
            write(received: written.received)
        }
        loop.schedule(after: Self.checkInterval) { [self] in check() }
    }

    private func keep(_ version: TokenFile.Version, until end: ClockReading) {
        (self.version, self.end) = (version, end)
        removeAtEnd()
    }

    /// Removes the file when its token has ended.
    private func removeAtEnd() {
        guard !isOver, let end else { return }
        let left = end.remaining(at: SystemClock.now())
        guard left <= .zero else {
            alarm?.set(SystemClock.boot() + left)
            return
        }
        self.end = nil
        written = nil
        guard file.remove(version) || file.removeEnded(now: SystemClock.wall()) else { return }
        StandardError.complain("\(file.path): removed: its token has ended, and there is no other")
        guard isReady else {
            command?.fileChanged()
            return
        }
        changed(status: "\(file.path): removed, as there is no token")
    }

    /// Tells whoever reads the file.
    private func changed(status: String) {
        fileStatus = status
        if isReady { manager.reloading() }
        manager.ready(status)
        isReady = true
        command?.fileChanged()
    }
}

// MARK: The end

extension TokenFileKeeper {
    private func handle(_ signal: CInt) {
        guard signal != SIGCHLD else { command?.childEnded(); return }
        manager.stopping()
        finish(failing: nil)
    }

    /// The file goes, since nobody would remove it at the end of its token; one that another process has written since is its
    /// own. One below `$RUNTIME_DIRECTORY` is systemd's to
    /// remove: it does so when the unit is stopped, and not when it is started again. A start that fails leaves what was there
    /// before.
    private func finish(failing error: CommandError?) {
        guard !isOver else { return }
        isOver = true
        watch?.stop()
        let isOurs = written != nil || error == nil
        if isOurs, end != nil, !RuntimeDirectory.holds(file.path) { file.remove(version) }
        if let error {
            StandardError.complain(error.message)
            manager.status(error.message)
        }
        let status = error?.code ?? EX_OK
        guard let command else { return onEnd(status) }
        command.end { [onEnd] in onEnd(status) }
    }
}

/// `RuntimeDirectory=` of the unit, see systemd.exec(5).
private enum RuntimeDirectory {
    static func holds(_ path: String) -> Bool {
        guard let value = getenv("RUNTIME_DIRECTORY") else { return false }
        return String(cString: value).split(separator: ":").contains { path.hasPrefix("\($0)/") }
    }
}
