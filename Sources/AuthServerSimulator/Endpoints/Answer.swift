/// The documented answer to one request, and what the log says of it.
struct Answer {
    let reply: HTTPReply
    let outcome: Call.Outcome
    let clientID: String?

    init(_ reply: HTTPReply, clientID: String?) {
        self.reply = reply
        self.outcome = .answered(status: reply.status)
        self.clientID = clientID
    }

    init(_ refusal: Refusal, clientID: String?) {
        reply = .error(refusal.error)
        outcome = .refused(error: refusal.error)
        self.clientID = clientID
    }
}
