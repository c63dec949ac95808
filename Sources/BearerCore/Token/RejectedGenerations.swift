/// Which tokens APIs turned down, and whose clients said so.
///
/// One client may be wrong, or mean ill. Two different users of two successive tokens are news: the tokens themselves are
/// no good there.
struct RejectedGenerations: Sendable, Equatable {
    private var generation: UInt64 = 0
    /// At most two users: the question is only whether there is another one.
    private var users: [UInt32] = []
    private var usersBefore: [UInt32] = []
    /// Whether it was told for this row of generations.
    private var isTold = false

    /// Notes that a client of `user` had the token of `generation` turned down.
    ///
    /// - Returns: whether that is news, once for each row of successive generations.
    mutating func record(_ generation: UInt64, by user: UInt32) -> Bool {
        if generation != self.generation { begin(generation) }
        if users.count < 2, !users.contains(user) { users.append(user) }
        guard !isTold, usersBefore.contains(where: { $0 != user }) else { return false }
        isTold = true
        return true
    }

    private mutating func begin(_ next: UInt64) {
        let isSuccessor = next == generation + 1
        usersBefore = isSuccessor ? users : []
        if !isSuccessor { isTold = false }
        generation = next
        users = []
    }
}
