/// Why an endpoint says no.
struct Refusal: Error, Equatable {
    /// The documented `error`.
    let error: String
    /// What the request did against the documentation, without any value of it; nil when the request was sound and only
    /// its credentials, its statement or its redirect URI were not.
    let violation: String?

    /// A request that is not as documented.
    static func malformed(_ problem: String) -> Refusal {
        Refusal(error: "invalid_request", violation: problem)
    }

    /// A sound request that is turned down.
    static func refused(_ error: String) -> Refusal {
        Refusal(error: error, violation: nil)
    }
}
