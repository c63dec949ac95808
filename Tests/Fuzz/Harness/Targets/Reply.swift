import BearerJSON
import BearerProtocol

/// What a client understands of the daemon stays the same when it is written and read again.
func fuzzReply(_ input: [UInt8]) {
    guard let reply = parse(input[...]) else { return }
    let first = written(reply)
    guard let first, let again = parse(first.dropLast()) else { return }
    require(written(again) == first, "a reply is the same when it is written and read again")
    require(first.firstIndex(of: UInt8(ascii: "\n")) == first.count - 1, "what is written is one line")
}

private func parse(_ line: ArraySlice<UInt8>) -> Reply? {
    attempt {
        () throws(ReplyError) in
        try Reply.parse(line: line)
    } onError: { error in
        require(isFitForMessages(error.description), "no control characters in an error")
    }
}

/// Nil for an object that is no status.
private func written(_ reply: Reply) -> [UInt8]? {
    var output: [UInt8] = []
    switch reply {
    case .token(let token): token.encode(id: nil, into: &output)
    case .error(let error): error.encode(id: nil, into: &output)
    case .other(let value):
        let status = attempt {
            () throws(ReplyError) in
            try StatusReply(value)
        } onError: { error in
            require(isFitForMessages(error.description), "no control characters in an error")
        }
        guard let status else { return nil }
        status.encode(id: nil, into: &output)
    }
    return output
}
