internal import BearerConfiguration
internal import BearerCore
internal import BearerProtocol
internal import BearerState
internal import BearerSystemd
internal import BearerUpstream

/// A configuration that was checked whole, with everything in it looked up.
struct LoadedConfiguration: Sendable {
    let configuration: Configuration
    let profiles: [ResolvedProfile]
    let logLevel: LogLevel
}

/// Where a reload gets the configuration from.
struct Reloader: Sendable {
    /// Reads and checks it anew; may block, so it is never called on the loop.
    let load: @Sendable () async throws(ReloadFailure) -> (LoadedConfiguration, UpstreamClient)
    let setLogLevel: @Sendable (LogLevel) -> Void
}

/// Why a reload changes nothing: one or more lines that say what was found, where, and what is expected.
struct ReloadFailure: Error {
    let message: String
}

/// What a reload does with the profiles, by name: computed from what there is and what shall be.
struct ReloadPlan: Equatable {
    /// What a profile rests on, and whether its files are to be read in any case because they could not be used.
    struct Current {
        let basis: ProfileBasis
        let isUnusable: Bool
    }

    /// Profiles that are no longer configured.
    private(set) var removed: Set<String> = []
    /// Profiles that are new, belong to another server or statement, or could not be used: their files are read.
    private(set) var loaded: Set<String> = []
    /// Profiles whose credentials and token go on.
    private(set) var updated: Set<String> = []
    /// Profiles with credentials of something that is no longer configured.
    private(set) var leaving: Set<String> = []

    init(from current: [String: Current], to new: [String: ProfileBasis]) {
        for (name, profile) in current {
            if new[name] == nil { removed.insert(name) }
            if new[name] != profile.basis { leaving.insert(name) }
        }
        for (name, basis) in new {
            let goesOn = current[name].map { $0.basis == basis && !$0.isUnusable } ?? false
            if goesOn { updated.insert(name) } else { loaded.insert(name) }
        }
    }
}

/// `reload`: the new configuration is checked whole, then taken at once; what is invalid changes nothing. Lives on the loop.
final class Reload {
    private let services: BrokerServices
    private let jobs: BackgroundJobs
    private let runner: ExchangeRunner
    /// The one that waits for the outcome.
    private var caller: Caller?

    init(_ services: BrokerServices, _ jobs: BackgroundJobs, _ runner: ExchangeRunner) {
        self.services = services
        self.jobs = jobs
        self.runner = runner
    }

    var isRunning: Bool { caller != nil }

    /// Has a reload begin.
    func begin(_ caller: Caller) throws(ErrorReply) -> Answer {
        guard !jobs.isStopping else { throw .stopping }
        guard self.caller == nil else { throw ErrorReply(.slowDown, "a reload is under way", retryAfter: .seconds(1)) }
        self.caller = caller
        jobs.begin(.reload)
        return .later {}
    }

    /// Carries the reload out. When ``Broker/apply(_:_:_:)`` is called, no registration of a profile that goes is in flight,
    /// and everything of it is on disk: it would be lost, or credentials made a second time when the configuration is
    /// changed back.
    func carryOut(for broker: Broker) async {
        guard let caller else { return }
        let reply: any ReplyLine
        do throws(ReloadFailure) {
            let (new, upstream) = try await services.reloader.load()
            if let reprovisioned = try await apply(new, upstream, to: broker) {
                let unread = await unreadCredential(of: new.profiles)
                services.journal.write(
                    .reloaded,
                    "the configuration was reloaded\(Self.text(of: reprovisioned)): \(broker.summary().text)"
                        + (unread.map { "; \($0)" } ?? ""))
                reply = ShortReply.reloaded
            } else {
                reply = ErrorReply.stopping
            }
        } catch {
            services.journal.write(
                .reloadFailed, "the configuration was not reloaded, nothing has changed: \(error.message)")
            reply = ErrorReply(.invalidRequest, error.message)
        }
        self.caller = nil
        caller.deliver(reply)
    }

    /// What is said of a credential that was changed since the start; `nil` when none was. systemd hands credentials over at a
    /// start only.
    private func unreadCredential(of profiles: [ResolvedProfile]) async -> String? {
        let now = services.now()
        let (stores, uptime) = (services.credentials, now.boot - services.identity.startedAt.boot)
        let names = Set(profiles.compactMap(\.credential)).sorted()
        let changed = try? await services.disk.run { () throws(StateError) in
            names.lazy.compactMap { stores.changed($0, within: uptime, now: now.wall) }.first
        }
        return changed.map {
            "\($0) was changed after the start, but systemd hands credentials over at a start only: restart bearerd to have a "
                + "changed one taken"
        }
    }

    /// What is said of the profiles that are given other client credentials than before.
    private static func text(of reprovisioned: [String]) -> String {
        switch reprovisioned.count {
        case 0: ""
        case 1...3: ", with other client credentials for \(reprovisioned.joined(separator: ", "))"
        case let count: ", with other client credentials for \(count) profiles"
        }
    }

    /// Loads what the new configuration needs, and applies it in the step in which nothing stands against it.
    ///
    /// - Returns: the profiles that are given other client credentials than before; `nil` when the daemon stops.
    private func apply(
        _ new: LoadedConfiguration, _ upstream: UpstreamClient, to broker: Broker
    ) async throws(ReloadFailure) -> [String]? {
        while true {
            let isRegistering = { broker.leaving(for: new.profiles).contains(where: \.isRegistering) }
            while isRegistering() { await runner.registrationEnds(if: isRegistering) }
            let plan = broker.plan(for: new.profiles)
            let loaded: [LoadedProfile]
            do throws(ReloadFailure) {
                loaded = try await load(new.profiles.filter { plan.loaded.contains($0.name) })
            } catch {
                upstream.shutdown()
                throw error
            }
            let leaving = broker.leaving(for: new.profiles)
            if leaving.contains(where: \.isRegistering) { continue }
            guard let endangered = leaving.first(where: { !$0.isDurable }) else {
                return jobs.isStopping ? nil : broker.apply(new, upstream, loaded)
            }
            upstream.shutdown()
            throw ReloadFailure(
                message:
                    "profile \(endangered.name): its client credentials or registration history are not on disk "
                    + "yet, and would be lost; expected a state directory that can be written before its server or statement "
                    + "changes or it is removed")
        }
    }

    private func load(_ profiles: [ResolvedProfile]) async throws(ReloadFailure) -> [LoadedProfile] {
        let (loader, now) = (services.loader, services.now())
        do throws(StateError) {
            return try await services.disk.run { () throws(StateError) in profiles.map { loader.load($0, now: now) } }
        } catch {
            throw ReloadFailure(message: "\(error)")
        }
    }
}
