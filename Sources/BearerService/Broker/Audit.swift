/// Who was given a token of the current generation already: with `audit`, the journal tells the first time.
struct Audit {
    enum User: Hashable, Sendable {
        case uid(UInt32)
        case unit(String)
    }

    private var generation: UInt64 = 0
    private var seen: Set<User> = []

    /// Whether this is the first time that `user` is given a token of `generation`.
    mutating func isFirst(_ user: User, generation: UInt64) -> Bool {
        if generation != self.generation {
            self.generation = generation
            seen = []
        }
        return seen.insert(user).inserted
    }
}

extension Audit.User: CustomStringConvertible {
    var description: String {
        switch self {
        case .uid(let uid): "uid \(uid)"
        case .unit(let unit): unit
        }
    }
}
