import BearerCore
import BearerState
import TestSupport
import Testing

@testable import BearerService

@Suite("ReloadPlan") struct ReloadPlanTests {
    private func key(_ profile: String, server: String = "https://a") throws -> CredentialKey {
        CredentialKey(
            profile: profile, server: server,
            statement: try SoftwareStatement(cleaning: Secret(Canary.statement)))
    }

    @Test(
        "what goes on is updated; what is new, elsewhere or unusable is read; what belongs to nothing any more leaves")
    func plan() throws {
        let current: [String: ReloadPlan.Current] = [
            "same": .init(key: try key("same"), isUnusable: false),
            "broken": .init(key: try key("broken"), isUnusable: true),
            "moved": .init(key: try key("moved"), isUnusable: false),
            "gone": .init(key: try key("gone"), isUnusable: false),
        ]
        let plan = ReloadPlan(
            from: current,
            to: [
                "same": try key("same"), "broken": try key("broken"), "moved": try key("moved", server: "https://b"),
                "new": try key("new"),
            ])
        #expect(plan.updated == ["same"])
        #expect(plan.loaded == ["broken", "moved", "new"])
        #expect(plan.removed == ["gone"])
        #expect(plan.leaving == ["gone", "moved"])
    }

    @Test("to what there is already, nothing but updates; to nothing, all are removed and leave")
    func extremes() throws {
        let names = ["a", "b"]
        let keys = Dictionary(uniqueKeysWithValues: try names.map { ($0, try key($0)) })
        let current = keys.mapValues { ReloadPlan.Current(key: $0, isUnusable: false) }
        let same = ReloadPlan(from: current, to: keys)
        #expect(same.updated == Set(names) && same.loaded.isEmpty && same.removed.isEmpty && same.leaving.isEmpty)
        let none = ReloadPlan(from: current, to: [:])
        #expect(none.removed == Set(names) && none.leaving == Set(names) && none.updated.isEmpty && none.loaded.isEmpty)
        let first = ReloadPlan(from: [:], to: keys)
        #expect(first.loaded == Set(names) && first.updated.isEmpty && first.removed.isEmpty && first.leaving.isEmpty)
    }
}
