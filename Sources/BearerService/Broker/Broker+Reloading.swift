internal import BearerCore
internal import BearerProtocol
internal import BearerState
internal import BearerUpstream

/// `systemctl reload`: the new configuration is checked whole, then taken at once; what is invalid changes nothing.
extension Broker {
    /// Longer than any exchange may take.
    private static let lastExchange = Duration.seconds(20)

    func reload(id: RequestID?, _ client: ClientConnection) throws(ErrorReply) -> Ticket {
        try requireAdministrator(client.peer, "reload")
        guard !isStopping else { throw .stopping }
        guard !isReloading else { throw ErrorReply(.slowDown, "a reload is under way", retryAfter: .seconds(1)) }
        isReloading = true
        let waiting = ReloadRequest(id: id, client: client)
        order(.reload(waiting))
        return Ticket(profile: "", number: 0)
    }

    func carryOut(_ request: ReloadRequest) async {
        let line: [UInt8]
        do throws(StartFailure) {
            let reloaded = try await reloader.reload()
            let changed = try await loadChanged(reloaded)
            if isStopping {
                line = ErrorReply.stopping.line(id: request.id)
            } else {
                apply(reloaded, changed)
                journal.write(.reloaded, "the configuration was reloaded: \(summary().text)")
                line = ReloadReply().line(id: request.id)
            }
        } catch {
            journal.write(.reloadFailed, "the configuration was not reloaded, nothing has changed: \(error.message)")
            line = ErrorReply(.invalidRequest, error.message).line(id: request.id)
        }
        isReloading = false
        request.client.deliver(line)
    }

    /// Reads what is on disk of the profiles that are new or belong to something else now. When it returns, no
    /// registration of a profile that goes is in flight, and everything of it is on disk: it would be lost, or credentials
    /// made a second time when the configuration is changed back.
    private func loadChanged(_ reloaded: Reloaded) async throws(StartFailure) -> [String: LoadedProfile] {
        let kept = Dictionary(uniqueKeysWithValues: reloaded.profiles.map { ($0.name, $0.key) })
        while true {
            await registrationsEnd { kept[$0.name] != $0.settings.key }
            let changed = try await load(reloaded.profiles.filter(needsLoading))
            let leaving = profiles.values.filter { kept[$0.name] != $0.settings.key }
            if leaving.contains(where: \.isRegistering) { continue }
            guard let endangered = leaving.first(where: { !$0.unsaved.isEmpty }) else { return changed }
            reloaded.upstream.shutdown()
            throw StartFailure(
                .configuration,
                "profile \(endangered.name): its client credentials or registration history are not on disk yet, and "
                    + "would be lost; expected a state directory that can be written before its server or statement "
                    + "changes or it is removed")
        }
    }

    private func apply(_ reloaded: Reloaded, _ changed: [String: LoadedProfile]) {
        reloaded.applyLogLevel()
        retire(upstream, after: Self.lastExchange)
        upstream = reloaded.upstream
        if reloaded.settings.budget != settings.budget {
            budget.configure(reloaded.settings.budget, at: now())
        }
        settings = reloaded.settings
        for profile in profiles.values { profile.replies.forget() }
        nameGroups(of: profiles.values.map(\.settings) + reloaded.profiles)
        let names = Set(reloaded.profiles.map(\.name))
        for profile in profiles.values where !names.contains(profile.name) { remove(profile) }
        for new in reloaded.profiles {
            if let loaded = changed[new.name] { replace(with: loaded) } else { update(new) }
        }
        setAlarm()
        noteChange()
    }

    /// A profile is read from disk when it is new, belongs to another server or statement, or could not be used; not while
    /// what is known here is newer.
    private func needsLoading(_ new: ProfileSettings) -> Bool {
        guard let profile = profiles[new.name] else { return true }
        return profile.settings.key != new.key || (profile.blockage != nil && profile.unsaved.isEmpty)
    }

    private func load(_ profiles: [ProfileSettings]) async throws(StartFailure) -> [String: LoadedProfile] {
        let loader = loader
        let moment = now()
        do throws(StateError) {
            let loaded = try await disk.run { () throws(StateError) in profiles.map { loader.load($0, now: moment) } }
            return Dictionary(uniqueKeysWithValues: loaded.map { ($0.settings.name, $0) })
        } catch {
            throw StartFailure(error)
        }
    }

    private func remove(_ profile: Profile) {
        profiles[profile.name] = nil
        let error = ErrorReply(.unknownProfile, "profile \(profile.name) is no longer configured")
        discard(profile, with: error)
        endWaiting(profile, with: error)
        for watcher in profile.watchers.values { watcher.client.refuse(error, id: watcher.id) }
    }

    /// Those who wait or watch stay; a token of the server, statement or credentials before is dropped.
    func replace(with loaded: LoadedProfile) {
        let old = profiles[loaded.settings.name]
        var loaded = loaded
        if let old { takeToken(of: old, into: &loaded) }
        let profile = Profile(loaded)
        if let old { profile.lifecycle.continueGenerations(of: old.lifecycle) }
        profiles[profile.name] = profile
        for warning in loaded.warnings { warn(warning, of: profile) }
        if let old {
            discard(old, with: ErrorReply(.temporarilyUnavailable, "a reload changed the profile meanwhile"))
            profile.waiters = old.waiters
            profile.watchers = old.watchers
            profile.requests = old.requests + old.replies.repetitions
            if loaded.token == nil, old.lifecycle.token != nil { publish(unavailable(profile, at: now()), to: profile) }
        }
        start(profile)
        turnAwayWatchers(of: profile)
    }

    /// Takes the token over of a profile that was blocked, if it may be served with what is read of the profile now.
    private func takeToken(of old: Profile, into loaded: inout LoadedProfile) {
        guard let token = old.servableToken(at: now()), let fingerprint = old.tokenFingerprint,
            old.settings.key == loaded.settings.key,
            loaded.accepts(fingerprint: fingerprint, key: old.settings.key.fileIdentifier)
        else { return }
        loaded.token = token
        loaded.tokenFingerprint = fingerprint
        // The store goes on keeping it.
        old.stored = nil
    }

    /// Ends what was under way for a profile that is no more; `error` is for who waits for its registration.
    private func discard(_ profile: Profile, with error: ErrorReply) {
        forget(profile)
        queue.removeAll { $0.profile == profile.name }
        endRegistering(profile, with: error)
    }

    private func update(_ new: ProfileSettings) {
        guard let profile = profiles[new.name] else { return }
        profile.settings = new
        let moment = now()
        let actions = profile.lifecycle.reconfigure(
            renewal: new.renewal, reregister: new.reregister, at: moment, random: .random(in: 0..<1))
        perform(actions, for: profile, at: moment)
        turnAwayWatchers(of: profile)
    }

    /// A right that was taken away ends with the reload.
    private func turnAwayWatchers(of profile: Profile) {
        for watcher in profile.watchers.values where !mayAsk(watcher.client, profile) {
            watcher.client.refuse(denied(meanwhile: watcher.client.peer, profile.name), id: watcher.id)
        }
    }

    func warn(_ warning: StateWarning, of profile: Profile) {
        journal.write(.stateWarning, "\(profile.name): \(warning)", [.profile: profile.name])
    }
}

/// A client that waits for the outcome of a reload.
struct ReloadRequest: Sendable {
    let id: RequestID?
    let client: ClientConnection
}
