import BearerCore
import BearerJSON

@testable import BearerUpstream

/// A token that is taken fits into a header and does not last for ever.
func fuzzTokenReply(_ input: [UInt8]) {
    guard let reply = ScriptedReply(input) else { return }
    let grant = attempt({ () throws(ExchangeFailure) in try TokenResponse.grant(in: reply.reply, now: reply.now) }) {
        reply.check($0)
    }
    guard let grant else { return }
    require(reply.reply.isSuccess, "only a success has a token")
    require((1...8192).contains(grant.value.count), "a token is 1 to 8192 bytes long")
    let isPlain = grant.value.withBytes { $0.allSatisfy { 0x21...0x7E ~= $0 && $0 != 0x22 && $0 != 0x5C } }
    require(isPlain, "a token needs no escapes")
    require((.seconds(1)...(.seconds(30 * 86_400))).contains(grant.lifetime), "a lifetime is 1 s to 30 days")
}

/// Credentials that are taken are of the form that a request for a token needs.
func fuzzRegisterReply(_ input: [UInt8]) {
    guard let reply = ScriptedReply(input) else { return }
    let credentials = attempt({ () throws(ExchangeFailure) in
        try RegistrationResponse.credentials(in: reply.reply, now: reply.now)
    }) {
        reply.check($0)
        require(
            !reply.reply.isSuccess || !reply.beginsAsObject || $0.isUnanswered,
            "a success without credentials is one that is lost, unless it is something else's page")
    }
    guard let credentials else { return }
    require(reply.reply.isSuccess, "only a success has credentials")
    require((1...1024).contains(credentials.clientID.utf8.count) && isFitForMessages(credentials.clientID), "the id")
    require((1...4096).contains(credentials.clientSecret.count), "the secret")
}

/// A reply as an input has it: a line with the status, three lines with headers, empty where there is none, the body.
private struct ScriptedReply {
    let reply: HTTPReply
    /// The body may be the endpoint's.
    let beginsAsObject: Bool
    let now = Duration.seconds(1_700_000_000)

    init?(_ input: [UInt8]) {
        let parts = input.split(separator: UInt8(ascii: "\n"), maxSplits: 4, omittingEmptySubsequences: false)
        guard parts.count == 5, let status = Int(String(decoding: parts[0], as: UTF8.self)), 200..<600 ~= status
        else { return nil }
        let headers = parts[1...3].map { $0.isEmpty ? nil : String(decoding: $0, as: UTF8.self) }
        beginsAsObject = parts[4].first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) } == UInt8(ascii: "{")
        reply = HTTPReply(
            status: status, contentType: headers[0], contentEncoding: headers[1], retryAfter: headers[2],
            body: .whole(Secret(parts[4])))
    }

    func check(_ failure: ExchangeFailure) {
        require(isFitForMessages(failure.detail + failure.label), "no control characters in an error")
        require(failure.detail.utf8.count < 300, "an error is a line at most")
        require(failure.retryAfter.map { .zero <= $0 } ?? true, "a pause is not negative")
    }
}
