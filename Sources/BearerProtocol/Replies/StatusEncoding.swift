internal import BearerJSON

extension StatusReply {
    /// Appends the reply as a line, its ending included.
    package func encode(id: RequestID?, into output: inout [UInt8]) {
        output.appendLine(id: id) { json in
            json.member("version", version)
            json.member("pid", Int64(pid))
            json.member("started_at", startedAt)
            json.member("connections", connections)
            json.key("profiles")
            json.array { json in
                for profile in profiles { json.object(profile.writeMembers) }
            }
        }
    }
}

extension StatusReply {
    /// The line in two parts, between which its ``profiles``, however many, come one by one with commas between them.
    package func frame(id: RequestID?) -> (head: [UInt8], tail: [UInt8]) {
        var empty = self
        empty.profiles = []
        var line: [UInt8] = []
        empty.encode(id: id, into: &line)
        let tail = Array("]\(id.map { #","id":\#($0.json)"# } ?? "")}\n".utf8)
        return (line.dropLast(tail.count), tail)
    }
}

extension ProfileStatus {
    /// Appends the profile as it stands in the line.
    package func encode(into output: inout [UInt8]) {
        output.appendJSON { $0.object(writeMembers) }
    }

    fileprivate func writeMembers(to json: inout JSONWriter) {
        json.member("profile", profile)
        json.member("state", state.rawValue)
        json.member("expires_at", JSONValue(expiresAt))
        json.member("renew_at", JSONValue(renewAt))
        json.member("client_id", clientID.map(JSONValue.string) ?? .null)
        json.member("registered_at", JSONValue(registeredAt))
        json.member("generation", JSONValue(generation))
        json.member("last_success_at", JSONValue(lastSuccessAt))
        json.member("last_error", lastError?.json ?? .null)
        json.member("next_attempt_at", JSONValue(nextAttemptAt))
        json.member("waiting", waiting?.json ?? .null)
        json.member("state_durable", isStateDurable)
        json.member("counters", counters.json)
    }
}

extension ProfileStatus.Failure {
    fileprivate var json: JSONValue {
        ["error": .string(error), "time": JSONValue(time), "detail": .string(detail)]
    }
}

extension ProfileStatus.Wait {
    fileprivate var json: JSONValue {
        ["reason": .string(reason.rawValue), "since": JSONValue(since), "detail": .string(detail)]
    }
}

extension ProfileStatus.Counters {
    fileprivate var json: JSONValue {
        [
            "requests": JSONValue(requests), "renewals": JSONValue(renewals),
            "failures": JSONValue(failures), "registrations": JSONValue(registrations),
        ]
    }
}

extension JSONValue {
    fileprivate init(_ number: Int64?) {
        self = number.map { .number(JSONNumber($0)) } ?? .null
    }
}
