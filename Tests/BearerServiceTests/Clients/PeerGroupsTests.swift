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

    @Test("lookups are answered in order, one at a time; those that are cancelled are not")
    func order() async throws {
        try await TestLoop.run { test in
            let gate = Pipe()
            let answers = Collected<String>()
            let cancels = Box<[String: () -> Void]>([:])
            let running = Box(0)
            try await test.perform { loop in
                let lookup = PeerGroupsLookup(on: loop)
                for (name, group) in [("a", 1), ("b", 2), ("c", 3), ("d", 4)] as [(String, UInt32)] {
                    cancels.value[name] = lookup.find {
                        running.value += 1
                        defer { running.value -= 1 }
                        gate.wait()
                        return running.value == 1 ? [group] : []
                    } answer: {
                        answers.add("\(name) \($0)")
                    }
                }
                cancels.value["b"]?()
            }
            gate.signal()
            await eventually("the first is answered") { answers.all == ["a [1]"] }
            // The third is being looked up.
            try await test.perform { _ in cancels.value["c"]?() }
            gate.signal()
            gate.signal()
            await eventually("the last is answered") { answers.all == ["a [1]", "d [4]"] }
        }
    }
}
