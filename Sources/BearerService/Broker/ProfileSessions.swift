internal import BearerCore
internal import BearerState

/// The sessions of the profiles by name.
struct ProfileSessions {
    private(set) var byName: [String: ProfileSession] = [:] {
        didSet {
            standard = byName["default"] ?? (byName.count == 1 ? byName.values.first : nil)
            sortedNames = nil
        }
    }
    /// The one that is meant where none is named: the one called `default`, else the only one.
    private(set) var standard: ProfileSession?
    private var sortedNames: [String]?

    subscript(name: String) -> ProfileSession? {
        get { byName[name] }
        set { byName[name] = newValue }
    }

    mutating func remove(_ name: String) -> ProfileSession? { byName.removeValue(forKey: name) }

    var all: Dictionary<String, ProfileSession>.Values { byName.values }

    /// All names, sorted once for any number of requests.
    var names: [String] {
        mutating get {
            let names = sortedNames ?? byName.keys.sorted()
            sortedNames = names
            return names
        }
    }
}

extension ProfileSession {
    /// What all sessions share.
    struct Environment {
        let services: BrokerServices
        let runner: ExchangeRunner
        let jobs: BackgroundJobs
        let agenda: Agenda
        let status: StatusSignal
        let log: ClientLog

        var now: ClockReading { services.now() }
        var journal: Journal { services.journal }

        func records(of loaded: LoadedProfile) -> ProfileRecords {
            let records = ProfileRecords.Services(
                disk: services.disk, store: services.unsaved, journal: journal,
                bootID: services.loader.bootID, now: services.now, isStoreAvailable: services.store.isAvailable)
            return ProfileRecords(loaded, records) { [jobs, status] isDurable in
                if !isDurable { jobs.retryLater() }
                status.changed()
            }
        }
    }
}
