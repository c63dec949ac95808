/// When the next exchange is due.
struct PlannedAttempt: Sendable, Equatable {
    let at: Moment
    /// Nothing brings it forward before this: a `Retry-After`, a refusal or a held registration.
    let notBefore: Moment
}
