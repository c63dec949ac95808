/// What is fuzzed: whatever reads bytes that others wrote. Each has its seeds in `Corpus/<name>`.
enum FuzzTarget: String, CaseIterable {
    /// A line of a client.
    case request
    /// A line of the daemon, as a client reads it.
    case reply
    /// The same bytes cut into packets in two ways.
    case lines
    /// The name that a peer of the credential socket is bound to.
    case peer
    /// The file of client credentials.
    case credentials
    /// The file of the registration history.
    case history
    /// Either of them as it lies in the descriptor store while the disk does not take it.
    case unsaved
    /// A token as it lies in the descriptor store.
    case token
    /// Why the start before failed, as it lies in the descriptor store.
    case failedStart = "failed-start"
    /// The configuration file.
    case configuration
    /// The software statement, as people paste it.
    case statement
    /// Client credentials, as people paste them.
    case client
    /// The authorization server's replies: four lines of status and headers, then the body.
    case tokenReply = "token-reply"
    case registerReply = "register-reply"

    /// Ends the process when something is not as it must be.
    func run(_ input: [UInt8]) {
        switch self {
        case .request: fuzzRequest(input)
        case .reply: fuzzReply(input)
        case .lines: fuzzLines(input)
        case .peer: fuzzPeer(input)
        case .credentials: fuzzCredentials(input)
        case .history: fuzzHistory(input)
        case .unsaved: fuzzUnsaved(input)
        case .token: fuzzToken(input)
        case .failedStart: fuzzFailedStart(input)
        case .configuration: fuzzConfiguration(input)
        case .statement: fuzzStatement(input)
        case .client: fuzzClient(input)
        case .tokenReply: fuzzTokenReply(input)
        case .registerReply: fuzzRegisterReply(input)
        }
    }
}
