import BearerCore
import Testing

@Suite struct ExchangeFailureTests {
    static let labels: [(ExchangeFailure.Reason, String)] = [
        (.oauth(.invalidClient), "invalid_client"), (.oauth(.invalidRedirectURI), "invalid_redirect_uri"),
        (.notConnected, "not_connected"), (.tls, "tls_failed"), (.connectionLost, "connection_lost"),
        (.timedOut, "timed_out"), (.status(503), "http_503"), (.unexpectedReply, "unexpected_reply"),
    ]

    @Test("each reason has a word for the journal", arguments: labels)
    func label(reason: ExchangeFailure.Reason, expected: String) {
        #expect(ExchangeFailure(reason, detail: "").label == expected)
    }

    @Test("the documented error codes are spelled as the server spells them")
    func codes() {
        #expect(
            Set(OAuthError.allCases.map(\.rawValue)) == [
                "invalid_request", "invalid_client", "unauthorized_client", "unsupported_grant_type",
                "invalid_redirect_uri", "invalid_software_statement", "unapproved_software_statement",
            ])
    }
}
