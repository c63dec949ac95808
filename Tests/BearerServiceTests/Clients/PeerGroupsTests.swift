import BearerCore
import TestSupport
import Testing

@testable import BearerService

@Suite("Groups of peers", .timeLimit(.minutes(1))) struct PeerGroupsTests {
    private let named = {
        var named = NamedGroups()
        named.set([5, 70_000])
        return named
    }()

    /// Groups of a peer, and how often the kernel was asked for them.
    private func peer(with groups: ClosedRange<UInt32>) -> (groups: PeerGroups, asked: Box<Int>) {
        let asked = Box(0)
        let peer = PeerGroups { most in
            asked.value += 1
            return groups.count <= most ? Array(groups) : nil
        }
        return (peer, asked)
    }

    @Test("groups are asked for once, and once more when others are named")
    func few() {
        var (groups, asked) = peer(with: 1...1024)
        var named = named
        for _ in 0..<3 { #expect(groups.find(among: named) && groups.among(named) == [5]) }
        named.set([5, 70_000])
        #expect(groups.among(named) == [5] && asked.value == 1)
        named.set([6])
        for _ in 0..<3 { #expect(groups.find(among: named) && groups.among(named) == [6]) }
        #expect(asked.value == 2)
    }

    @Test("where no groups are named, the kernel is not asked")
    func none() {
        var (groups, asked) = peer(with: 1...9)
        #expect(groups.find(among: NamedGroups()) && groups.among(NamedGroups()).isEmpty && asked.value == 0)
    }

    @Test("many are looked up; when others are named, what was found holds until they are looked up")
    func many() {
        var (groups, asked) = peer(with: 1...1025)
        var named = named
        for _ in 0..<3 { #expect(!groups.find(among: named) && groups.among(named).isEmpty) }
        #expect(asked.value == 1)
        groups.set(groups.inquiry(among: named)(), among: named)
        for _ in 0..<3 { #expect(groups.find(among: named) && groups.among(named) == [5]) }
        named.set([5, 6])
        #expect(!groups.find(among: named) && groups.among(named) == [5])
        groups.set(groups.inquiry(among: named)(), among: named)
        #expect(groups.find(among: named) && groups.among(named) == [5, 6])
        #expect(asked.value == 3)
    }

    /// Lookups of two users that wait for `gate`, each with its number as the group that it finds.
    private func lookups(
        _ users: [UInt32], on test: TestLoop, _ gate: Pipe
    ) async throws -> (answers: Collected<Set<UInt32>>, cancels: Box<[() -> Void]>) {
        let (answers, cancels, running) = (Collected<Set<UInt32>>(), Box<[() -> Void]>([]), Box(0))
        try await test.perform { loop in
            let lookup = PeerGroupsLookup(on: loop)
            cancels.value = users.enumerated().map { index, user in
                lookup.find(for: user) {
                    running.value += 1
                    defer { running.value -= 1 }
                    gate.wait()
                    return running.value == 1 ? [UInt32(index)] : []
                } answer: {
                    answers.add($0)
                }
            }
        }
        return (answers, cancels)
    }

    @Test("clients are looked up one at a time, and two users take turns")
    func order() async throws {
        try await TestLoop.run { test in
            let gate = Pipe()
            let (answers, _) = try await lookups([1, 1, 1, 2, 2], on: test, gate)
            for _ in 0..<5 { gate.signal() }
            await eventually("all are answered") { answers.all == [[0], [3], [1], [4], [2]] }
        }
    }

    @Test("a lookup that is cancelled is not answered, whether it waits or is under way; the others go on")
    func cancelled() async throws {
        try await TestLoop.run { test in
            let gate = Pipe()
            let (answers, cancels) = try await lookups([1, 1, 1, 1], on: test, gate)
            try await test.perform { _ in cancels.value[1]() }
            gate.signal()
            await eventually("the first is answered") { answers.all == [[0]] }
            // It is under way.
            try await test.perform { _ in cancels.value[2]() }
            for _ in 0..<2 { gate.signal() }
            await eventually("the last is answered") { answers.all == [[0], [3]] }
        }
    }
}
