internal import AuthServerSimulator

/// Calls that the server has seen.
struct Calls: Sendable {
    private(set) var registrations = 0
    private(set) var tokens = 0
    /// Answered with 503.
    private(set) var refused = 0
    /// Not as documented, or anything else.
    private(set) var others = 0

    init(seenBy simulator: AuthServerSimulator) {
        for call in simulator.calls {
            switch (call.endpoint, call.outcome) {
            case (_, _) where call.violation != nil: others += 1
            case (.register, .answered): registrations += 1
            case (.token, .answered): tokens += 1
            case (_, .fault): refused += 1
            default: others += 1
            }
        }
    }

    /// Throws unless these calls, and no others, were made since `earlier`.
    ///
    /// - Parameter refused: nil for any number.
    func claim(
        registrations: Int = 0, tokens: Int = 0, refused: Int? = 0, since earlier: Calls? = nil
    ) throws(DemoError) {
        try Claim.equal("registrations", self.registrations - (earlier?.registrations ?? 0), registrations)
        try Claim.equal("answered calls for a token", self.tokens - (earlier?.tokens ?? 0), tokens)
        if let refused { try Claim.equal("refused calls", self.refused - (earlier?.refused ?? 0), refused) }
        try Claim.equal("calls that are not as documented", others, 0)
    }
}

extension SteadyClient.Tally {
    /// Throws unless the client was always answered with a token that the server takes.
    func claimUnharmed() throws(DemoError) {
        try Claim.equal("errors that the client got, the last one “\(lastError ?? "none")”", errors, 0)
        try Claim.equal("tokens that the server does not take", invalid, 0)
    }
}

/// What must hold for the demonstration to go on.
enum Claim {
    static func equal(_ what: String, _ counted: Int, _ expected: Int) throws(DemoError) {
        guard counted == expected else { throw .counted(what, counted, expected: "\(expected)") }
    }
}
