import Testing

/// A sound request, changed in one respect, and what the server must say to it.
struct StrictnessRow: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let request: WireRequest
    let error: String
    /// What the violation must contain; nil when the request breaks no rule.
    let violation: String?

    init(
        _ name: String, _ base: WireRequest, error: String = "invalid_request", violation: String?,
        change: (inout WireRequest) -> Void
    ) {
        var request = base
        change(&request)
        testDescription = name
        self.request = request
        self.error = error
        self.violation = violation
    }
}
