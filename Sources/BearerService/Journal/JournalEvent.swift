internal import Logging

/// Every event that the journal can show, with what makes its entries findable: `BEARERD_EVENT` and `MESSAGE_ID`.
///
/// Names and ids are stable: people filter by them. The words of an entry stand where its event is written, `.name` finds the
/// place; those of a token's life are in ``JournalEntry``.
enum JournalEvent: String, Sendable, CaseIterable {
    /// The daemon serves its sockets.
    case started
    /// Every profile has a token or is refused.
    case ready
    /// `startup.wait` is over and a profile has no token: ready all the same.
    case startupWaitOver = "startup_wait_over"
    /// The daemon was asked to stop.
    case stopping
    /// The daemon has ended with something hanging that it did not wait for.
    case stopCutShort = "stop_cut_short"
    /// SIGHUP came, which does not reload.
    case hangupIgnored = "hangup_ignored"
    /// The daemon does not start.
    case startFailed = "start_failed"
    /// The daemon ended without being asked to.
    case ended
    /// A registration yielded client credentials.
    case registered
    /// A registration yielded nothing; it will be tried again.
    case registrationFailed = "registration_failed"
    /// Earlier registrations were never answered: the next one waits.
    case registrationHeld = "registration_held"
    /// A token was obtained or renewed.
    case tokenObtained = "token_obtained"
    /// A token request yielded nothing; the current token is served until it ends.
    case renewalFailed = "renewal_failed"
    /// A token was obtained after failures.
    case recovered
    /// The token ended without a successor.
    case tokenExpired = "token_expired"
    /// The server answers `invalid_client`.
    case credentialsRejected = "credentials_rejected"
    /// The server refuses the profile, with a documented error.
    case profileRefused = "profile_refused"
    /// The profile's stored state cannot be used; this host must fix it.
    case profileBlocked = "profile_blocked"
    /// The stored state of a profile that was blocked can be used again.
    case profileUnblocked = "profile_unblocked"
    /// APIs turned down tokens of two successive generations, for clients of different users.
    case freshTokenRejected = "fresh_token_rejected"
    /// What must be kept could not be written; it is used from memory.
    case stateNotDurable = "state_not_durable"
    /// What could not be written is on disk now.
    case stateDurable = "state_durable"
    /// Something about the stored state deserves a look.
    case stateWarning = "state_warning"
    /// The registration lacks a scope that the profile expects.
    case scopeMissing = "scope_missing"
    /// The software statement is not valid yet, or not for this server.
    case statementWarning = "statement_warning"
    /// A changed software statement or server is about to register anew, which signs viewers out.
    case registersAnew = "registers_anew"
    /// The profile has newer credentials for another software statement or server, and uses the earlier ones for its own.
    case earlierCredentials = "earlier_credentials"
    /// A client asked for a token that it may not have.
    case accessDenied = "access_denied"
    /// A connection was turned away because there are too many.
    case connectionsLimited = "connections_limited"
    /// The host has no descriptor or memory for another connection.
    case acceptingRests = "accepting_rests"
    /// The configuration was reloaded.
    case reloaded
    /// A reload was refused; nothing has changed.
    case reloadFailed = "reload_failed"
    /// A unit got no token on the credential socket.
    case credentialRefused = "credential_refused"
    /// Client credentials were handed over to an administrator, for other hosts.
    case credentialsExported = "credentials_exported"
    /// With `audit`: somebody is given a token of a generation for the first time.
    case tokenGiven = "token_given"
    /// A token that systemd kept could not be used.
    case storedTokenDropped = "stored_token_dropped"
}

extension JournalEvent {
    /// `MESSAGE_ID`, see systemd.journal-fields(7); the message catalog has an entry for each.
    var messageID: String { properties.id }

    var level: Logger.Level { properties.level }

    private var properties: (id: String, level: Logger.Level) {
        switch self {
        case .started: ("72e30761c7e94a8789058d26b668ebb4", .info)
        case .ready: ("0320251fd5384bd9a5328e41557668fc", .info)
        case .startupWaitOver: ("709e55abe4514d25aecc53e4cd7df8c1", .warning)
        case .stopping: ("96b01dac06984fa5918edc0676e79831", .info)
        case .stopCutShort: ("0211b57964534283807c08982c05e7d2", .warning)
        case .hangupIgnored: ("0842ff3d1d784314a1265d854540ce24", .warning)
        case .startFailed: ("0548f5fac7ec425fb7752367f8d7a1c2", .error)
        case .ended: ("361136e943d04180bdfb1605752c1e83", .error)
        case .registered: ("1366a7fe9c054e0489ddcb3003aa1ed1", .notice)
        case .registrationFailed: ("558a93df39bb413facb5ac33f272425c", .warning)
        case .registrationHeld: ("193c038deae44ce189e103117d98d760", .warning)
        case .tokenObtained: ("e10d232ba0cf4431bc2caa788a9e014c", .info)
        case .renewalFailed: ("09dedc46cfe14408b2027fe0e8b1b4bd", .warning)
        case .recovered: ("32641ad5e59546d49a53df5968f67f87", .notice)
        case .tokenExpired: ("a3e9468977014b65bb4ac390e6cee1fd", .error)
        case .credentialsRejected: ("57b9cb1bc0714ae488f97bd1b79bfd3a", .error)
        case .profileRefused: ("8917b6e7f2d5437385be9bbbe1793916", .error)
        case .profileBlocked: ("5e20bdb7269f4868a957ecbac3717a20", .error)
        case .profileUnblocked: ("4c1f0e2b9d7a4c6b8e35d21f70a9b648", .notice)
        case .freshTokenRejected: ("bba29f0e691e476aab88508d2f126bc9", .error)
        case .stateNotDurable: ("6e492de4797e42b6832b487f2f0fc405", .error)
        case .stateDurable: ("ee55c48265824212beebaa5ddaefd3c6", .notice)
        case .stateWarning: ("1dd951b50e0a4f558a706563c17802bd", .warning)
        case .scopeMissing: ("5b1f7c0e9a3d4d2f8e6a1c47b09d2e13", .warning)
        case .statementWarning: ("9d2c4e61b7f04a538c0e2f91a6d3b754", .warning)
        case .registersAnew: ("c7e05a94d18b4f6ea2937bd6140f8c29", .warning)
        case .earlierCredentials: ("76d6335f5f57431795718b76063a479a", .notice)
        case .accessDenied: ("bf87e497ab19478c92dd9a8cc86a9dc1", .warning)
        case .connectionsLimited: ("5726deb34f8545538f411bbc7ced708a", .warning)
        case .acceptingRests: ("026137b953204caca8775fea2779030b", .warning)
        case .reloaded: ("33bdc606f6044847ad65a5f4b21a766f", .notice)
        case .reloadFailed: ("0d146d0a941c4dd4b9362b61bb54ac86", .error)
        case .credentialRefused: ("ae0c37398f6440359903b83c6f1a5a15", .warning)
        case .credentialsExported: ("3393df7f91384e879981015078f3b535", .notice)
        case .tokenGiven: ("520b8361b8964b049a5f12b31400cc0f", .info)
        case .storedTokenDropped: ("27c6443a2c714a1991e942656d6eb3ad", .info)
        }
    }
}
