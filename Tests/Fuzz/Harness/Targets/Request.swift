import BearerProtocol

/// A request that is understood is understood again as it is written by us; a refusal is an answer that can be read.
func fuzzRequest(_ input: [UInt8]) {
    var output: [UInt8] = []
    let request = attempt {
        () throws(RequestError) in
        try Request.parse(line: input[...])
    } onError: { error in
        require(isFitForMessages(error.description), "no control characters in an error")
        error.reply.encode(id: error.id, into: &output)
        let reply = attempt { () throws(ReplyError) in try Reply.parse(line: output.dropLast()) }
        require(reply == .error(error.reply), "a refusal can be read")
    }
    if let request {
        request.encode(into: &output)
        let again = attempt { () throws(RequestError) in try Request.parse(line: output.dropLast()) }
        require(again == request, "a request is the same when it is written and read again")
    }
    require(output.firstIndex(of: UInt8(ascii: "\n")) == output.count - 1, "what is written is one line")
}
