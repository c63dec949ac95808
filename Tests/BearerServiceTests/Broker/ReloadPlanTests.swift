import BearerCore
import BearerState
import TestSupport
import Testing

@testable import BearerService

@Suite("ReloadPlan") struct ReloadPlanTests {
    private func key(_ profile: String, server: String = "https://a") throws -> ProfileBasis {
        .registration(
            CredentialKey(
                profile: profile, server: server,
                statement: try SoftwareStatement(cleaning: Secret(Canary.statement))))
    }

    @Test(
        "what goes on is updated; what is new, elsewhere or unusable is read; what belongs to nothing any more leaves")
    func plan() throws {
        let current: [String: ReloadPlan.Current] = [
            "same": .init(basis: try key("same"), isUnusable: false),
            "broken": .init(basis: try key("broken"), isUnusable: true),
            "moved": .init(basis: try key("moved"), isUnusable: false),
            "gone": .init(basis: try key("gone"), isUnusable: false),
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
        let current = keys.mapValues { ReloadPlan.Current(basis: $0, isUnusable: false) }
        let same = ReloadPlan(from: current, to: keys)
        #expect(same.updated == Set(names) && same.loaded.isEmpty && same.removed.isEmpty && same.leaving.isEmpty)
        let none = ReloadPlan(from: current, to: [:])
        #expect(none.removed == Set(names) && none.leaving == Set(names) && none.updated.isEmpty && none.loaded.isEmpty)
        let first = ReloadPlan(from: [:], to: keys)
        #expect(first.loaded == Set(names) && first.updated.isEmpty && first.removed.isEmpty && first.leaving.isEmpty)
    }

    @Test(
        "a profile that is given its credentials goes on with others; another server, or a registration, is another profile"
    )
    func given() throws {
        let given = ReloadPlan.Current(basis: .given(server: "https://a"), isUnusable: false)
        func plan(_ new: ProfileBasis) -> ReloadPlan { ReloadPlan(from: ["p": given], to: ["p": new]) }
        #expect(plan(.given(server: "https://a")).updated == ["p"] && plan(.given(server: "https://a")).leaving.isEmpty)
        for new in [ProfileBasis.given(server: "https://b"), try key("p")] {
            #expect(plan(new).loaded == ["p"] && plan(new).leaving == ["p"] && plan(new).updated.isEmpty)
        }
        let registered = ReloadPlan.Current(basis: try key("p"), isUnusable: false)
        #expect(ReloadPlan(from: ["p": registered], to: ["p": given.basis]).loaded == ["p"])
    }
}
