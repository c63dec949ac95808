import TestSupport

/// Hosts behind one address that know more than ours can: what any way to pause is measured against. A host that is answered
/// 429 calls again after a pause, times a random number between 0.5 and 1.5.
struct InformedHosts {
    enum Pause {
        /// The same for all, in seconds: somebody has set it for this many hosts.
        case fixed(Double)
        /// Each knows at any time how many hosts still have no token, so that all of them make so many calls per second.
        case sharing(callsPerSecond: Double)
    }

    /// When the last host had its token, in seconds.
    private(set) var last = 0.0
    private(set) var turnedAway = 0

    /// All come up within a fifth of a second; `throttle` says whether a call is let through.
    init(hosts: Int, pause: Pause, throttle: AddressThrottle, seed: UInt64) {
        var throttle = throttle
        var random = SeededGenerator(seed: seed)
        var calls = EventQueue<Void>()
        for _ in 0..<hosts { calls.add((), at: random.unit() / 5) }
        var left = hosts
        while left > 0, let (time, _) = calls.next() {
            guard !throttle.allows(at: time) else {
                left -= 1
                last = time
                continue
            }
            turnedAway += 1
            let seconds =
                switch pause {
                case .fixed(let seconds): seconds
                case .sharing(let rate): max(1.1, Double(left) / rate)
                }
            calls.add((), at: time + seconds * (0.5 + random.unit()))
        }
    }
}

/// Allows an address one call per second, after a burst that it grants once. What is not used does not add up.
struct AddressThrottle {
    private var allowance: Double
    private var counted = 0.0

    init(burst: Double) {
        allowance = burst
    }

    mutating func allows(at time: Double) -> Bool {
        precondition(time >= counted, "calls come in order")
        allowance = max(allowance, min(1, allowance + time - counted))
        counted = time
        guard allowance >= 1 else { return false }
        allowance -= 1
        return true
    }
}
