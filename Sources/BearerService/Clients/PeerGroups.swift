internal import BearerLoop
internal import CLinux
internal import Glibc

/// The supplementary groups of who connected: those that the configuration names are kept. See unix(7), SO_PEERGROUPS.
///
/// A user with subordinate ids can have 65,536, for which the kernel takes milliseconds. Who has more than ``most`` is
/// looked up by ``PeerGroupsLookup``.
struct PeerGroups {
    /// So many take the kernel less than 0.1 ms.
    static let most = 1024

    /// Asks for all of them; `nil` when they are more than a number.
    private let ask: @Sendable (_ most: Int) -> [UInt32]?
    private var found: (version: UInt64, groups: Set<UInt32>)?
    private var areMany = false

    init(asking ask: @escaping @Sendable (_ most: Int) -> [UInt32]?) {
        self.ask = ask
    }

    init(ofSocket descriptor: CInt) {
        self.init { Self.groups(ofSocket: descriptor, most: $0) }
    }

    /// Those of `named`, as far as they are known.
    mutating func among(_ named: NamedGroups) -> Set<UInt32> {
        _ = find(among: named)
        return found?.groups ?? []
    }

    /// Finds those of `named`, unless they have to be looked up: then it is false.
    mutating func find(among named: NamedGroups) -> Bool {
        if found?.version == named.version { return true }
        if !named.numbers.isEmpty {
            guard !areMany, let all = ask(Self.most) else {
                areMany = true
                return false
            }
            found = (named.version, named.among(all))
        } else {
            found = (named.version, [])
        }
        return true
    }

    /// What ``PeerGroupsLookup`` found among `named`.
    mutating func set(_ groups: Set<UInt32>, among named: NamedGroups) {
        found = (named.version, groups)
    }

    /// Asks for those of `named`, however many there are; on any thread.
    func inquiry(among named: NamedGroups) -> @Sendable () -> Set<UInt32> {
        { [ask] in named.among(ask(.max) ?? []) }
    }

    /// Most users have few groups. For a user with more, the kernel is asked again with the room that it names.
    private static func groups(ofSocket descriptor: CInt, most: Int) -> [UInt32]? {
        var count: UInt32 = 32
        while true {
            var groups = [UInt32](repeating: 0, count: Int(count))
            if clinux_peer_groups(descriptor, &groups, &count) == 0 {
                groups.removeLast(max(0, groups.count - Int(count)))
                return groups
            }
            guard errno == ERANGE, count > groups.count else { return [] }
            if count > most { return nil }
        }
    }
}

/// The groups that the profiles' `allow` names.
struct NamedGroups: Sendable {
    private(set) var numbers: Set<UInt32> = []
    /// Changes with them.
    private(set) var version: UInt64 = 0

    mutating func set(_ numbers: Set<UInt32>) {
        guard numbers != self.numbers else { return }
        self.numbers = numbers
        version += 1
    }

    /// Those that are in `groups`. Of tens of thousands, few are worth a look into the set.
    fileprivate func among(_ groups: [UInt32]) -> Set<UInt32> {
        guard let lowest = numbers.min(), let highest = numbers.max() else { return [] }
        return Set(groups.lazy.filter { $0 >= lowest && $0 <= highest && numbers.contains($0) })
    }
}

/// Looks up the groups of clients that have many: one client after the other, on a thread of its own, while the loop serves
/// the others. Lives on the loop.
final class PeerGroupsLookup {
    private struct Question {
        let number: UInt64
        let user: UInt32
        let inquiry: @Sendable () -> Set<UInt32>
        let answer: (Set<UInt32>) -> Void
    }

    private let loop: ServingLoop
    private let worker = Worker<BackgroundWork>("peer-groups")
    private var waiting: [Question] = []
    private var lastUser: UInt32?
    private var isAsking = false
    private var numbers: UInt64 = 0

    init(on loop: ServingLoop) {
        self.loop = loop
    }

    /// Calls `answer` with the result of `inquiry`. The connection may be closed meanwhile, and its descriptor be another's:
    /// then nobody looks at the answer.
    ///
    /// - Parameter user: whose client it is; two users take turns.
    /// - Returns: cancels it.
    func find(
        for user: UInt32, _ inquiry: @escaping @Sendable () -> Set<UInt32>, answer: @escaping (Set<UInt32>) -> Void
    ) -> () -> Void {
        numbers += 1
        let number = numbers
        waiting.append(Question(number: number, user: user, inquiry: inquiry, answer: answer))
        askNext()
        return { [self] in waiting.removeAll { $0.number == number } }
    }

    private func askNext() {
        let next = waiting.first { $0.user != lastUser } ?? waiting.first
        guard !isAsking, let question = next else { return }
        isAsking = true
        lastUser = question.user
        let (number, inquiry) = (question.number, question.inquiry)
        let answered = loop.callback { [self] (groups: Set<UInt32>) in
            isAsking = false
            // It still waits, unless it was cancelled.
            if let index = waiting.firstIndex(where: { $0.number == number }) {
                waiting.remove(at: index).answer(groups)
            }
            askNext()
        }
        // Without a thread, the loop asks.
        if !worker.submit({ answered(inquiry()) }) { answered(inquiry()) }
    }
}
