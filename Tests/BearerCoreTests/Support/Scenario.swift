import BearerCore
import Testing

/// One event, when it comes, and exactly what must follow.
struct Step {
    let now: ClockReading
    let event: LifecycleEvent
    let random: Double
    let actions: [LifecycleAction]

    init(_ now: ClockReading, _ event: LifecycleEvent, random: Double = 0, _ actions: [LifecycleAction]) {
        self.now = now
        self.event = event
        self.random = random
        self.actions = actions
    }

    /// `seconds` after the origin, on both clocks.
    init(_ seconds: Double, _ event: LifecycleEvent, random: Double = 0, _ actions: [LifecycleAction]) {
        self.init(.at(seconds), event, random: random, actions)
    }
}

/// A story told in steps.
struct Scenario: CustomTestStringConvertible {
    let name: String
    let lifecycle: TokenLifecycle
    let steps: [Step]

    init(_ name: String, _ steps: [Step]) {
        self.init(name, .sample(), steps)
    }

    init(_ name: String, _ lifecycle: TokenLifecycle, _ steps: [Step]) {
        self.name = name
        self.lifecycle = lifecycle
        self.steps = steps
    }

    var testDescription: String { name }

    /// Plays all steps and compares the actions of each.
    @discardableResult
    func play(sourceLocation: SourceLocation = #_sourceLocation) -> TokenLifecycle {
        var lifecycle = lifecycle
        for (index, step) in steps.enumerated() {
            let actions = lifecycle.handle(step.event, at: step.now, random: step.random)
            #expect(actions == step.actions, "step \(index + 1) of \(name)", sourceLocation: sourceLocation)
        }
        return lifecycle
    }
}
