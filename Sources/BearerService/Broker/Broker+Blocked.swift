internal import BearerCore
internal import BearerState

/// Profiles whose files cannot be used: a token that is there is served to its end, and nothing is asked upstream.
extension Broker {
    /// The caller sets the alarm.
    func startBlocked(_ profile: Profile) {
        let moment = now()
        profile.blockedAt = moment
        if profile.isBlockagePassing { saveLater() }
        let token = profile.servableToken(at: moment)
        let advice = token.map { "; its token is served for another \($0.remaining(at: moment).minutesText)" } ?? ""
        let again = profile.isBlockagePassing ? "; it is tried again every 30 s" : ""
        journal.write(
            .profileBlocked, "\(profile.name): \(profile.blockage ?? "")\(advice)\(again)", [.profile: profile.name])
        if token == nil { refused(profile) } else { perform([.tokenChanged], for: profile, at: moment) }
    }

    /// Reads the files again of a profile that is blocked by something that may pass.
    func loadAgain(_ name: String) async {
        guard !isStopping, let profile = profiles[name], profile.isBlockagePassing else { return }
        // What is known here must be written first.
        guard profile.unsaved.isEmpty else { return saveLater() }
        let (loader, settings, moment) = (loader, profile.settings, now())
        let loaded = try? await disk.run { () throws(StateError) in loader.load(settings, now: moment) }
        guard !isStopping, profiles[name] === profile, profile.settings.key == settings.key else { return }
        if let loaded, !loaded.isBlockagePassing {
            if loaded.blockage == nil {
                journal.write(.profileUnblocked, "\(name): its files can be read again", [.profile: name])
            }
            replace(with: loaded)
            noteChange()
        } else {
            saveLater()
        }
        setAlarm()
    }
}
