import BearerCore
import BearerJSON
import BearerProtocol
import Testing

@Suite struct StatusReplyTests {
    @Test("every field is there, null when it is not known yet")
    func starting() {
        let reply = StatusReply(
            version: "1.0", pid: 42, startedAt: 1_763_900_000, connections: 14,
            profiles: [ProfileStatus(profile: "tv", state: .starting)])
        let expected =
            #"{"version":"1.0","pid":42,"started_at":1763900000,"connections":14,"profiles":["#
            + #"{"profile":"tv","state":"starting","environment":null,"server":null,"expires_at":null,"renew_at":null,"client_id":null,"#
            + #""provisioned":false,"registered_at":null,"scopes":null,"generation":null,"last_success_at":null,"last_error":null,"#
            + #""next_attempt_at":null,"waiting":null,"warnings":[],"state_durable":true,"#
            + #""counters":{"requests":0,"renewals":0,"failures":0,"registrations":0}}],"id":1}"#
        #expect(text { reply.encode(id: RequestID(1), into: &$0) } == expected + "\n")
    }

    @Test("a full status is written and read back")
    func full() throws {
        let reply = StatusReply(
            version: "1.0", pid: 1, startedAt: 2, connections: 0,
            profiles: [.degraded, ProfileStatus(profile: "b", state: .ready)])
        let line = text { reply.encode(id: nil, into: &$0) }
        let failure = #""last_error":{"error":"http_503","time":7,"detail":"503, \"expected\" a success"}"#
        #expect(line.contains(failure))
        #expect(line.contains(#""scopes":["api:client:v2","b"]"#))
        #expect(line.contains(#""counters":{"requests":9,"renewals":10,"failures":11,"registrations":12}"#))
        #expect(try StatusReply(JSONValue(parsing: line.utf8)) == reply)
    }

    @Test(
        "a daemon of an older version says nothing of scopes, server and warnings, nor whether the client was given to it"
    )
    func older() throws {
        let reply = StatusReply(
            version: "1.0", pid: 1, startedAt: 2, connections: 0, profiles: [ProfileStatus(profile: "b", state: .ready)]
        )
        let line = text { reply.encode(id: nil, into: &$0) }
            .replacing(#""provisioned":false,"#, with: "").replacing(#""scopes":null,"#, with: "")
            .replacing(#""environment":null,"server":null,"#, with: "").replacing(#""warnings":[],"#, with: "")
        #expect(!["provisioned", "scopes", "server", "warnings"].contains { line.contains($0) })
        #expect(try StatusReply(JSONValue(parsing: line.utf8)) == reply)
    }

    @Test("no profile is an empty list")
    func empty() throws {
        let reply = StatusReply(version: "1.0", pid: 1, startedAt: 2, connections: 0, profiles: [])
        let line = text { reply.encode(id: nil, into: &$0) }
        #expect(line.hasSuffix(#""profiles":[]}"# + "\n"))
        #expect(try StatusReply(JSONValue(parsing: line.utf8)) == reply)
    }

    @Test("each state is written and read back", arguments: ProfileStatus.State.allCases)
    func states(state: ProfileStatus.State) throws {
        let reply = StatusReply(
            version: "", pid: 1, startedAt: 2, connections: 0, profiles: [ProfileStatus(profile: "a", state: state)])
        let line = text { reply.encode(id: nil, into: &$0) }
        #expect(line.contains(#""state":"\#(state.rawValue)""#))
        #expect(try StatusReply(JSONValue(parsing: line.utf8)) == reply)
    }

    @Test(
        "what is no status is refused by name",
        arguments: [
            (#"{}"#, "the reply's profiles: found nothing, expected an array"),
            (#"{"profiles":[]}"#, "the reply's version: found nothing, expected a string"),
            (#"{"profiles":[{}]}"#, "the reply's state: found nothing, expected a string"),
            (
                #"{"profiles":[{"state":"gone"}]}"#,
                "the reply's state: found an unknown one, expected one of starting, ready, renewing, degraded, refused"
            ),
            (
                #"{"profiles":[{"state":"ready","profile":"a","expires_at":"x"}]}"#,
                "the reply's expires_at: found a string, expected a whole number"
            ),
        ])
    func refused(line: String, description: String) {
        let error = #expect(throws: ReplyError.self) { try StatusReply(JSONValue(parsing: line.utf8)) }
        #expect(error?.description == description)
    }
}

extension ProfileStatus {
    /// With every field set, each to another value.
    fileprivate static var degraded: ProfileStatus {
        var status = ProfileStatus(profile: "a", state: .degraded)
        status.expiresAt = 1
        status.renewAt = 2
        status.clientID = "client"
        status.scopes = ["api:client:v2", "b"]
        status.isProvisioned = true
        status.registeredAt = 3
        status.generation = 4
        status.lastSuccessAt = 5
        status.nextAttemptAt = 6
        status.lastError = Failure(error: "http_503", time: 7, detail: "503, \"expected\" a success")
        status.waiting = Wait(reason: .registrationHeld, since: 8, detail: "a \"detail\"")
        status.environment = "production"
        status.server = "https://server"
        status.warnings = [
            Warning(warning: "scope_missing", since: nil, detail: "a"), Warning(warning: "b", since: 13, detail: "c"),
        ]
        status.isStateDurable = false
        status.counters = Counters(requests: 9, renewals: 10, failures: 11, registrations: 12)
        return status
    }
}
