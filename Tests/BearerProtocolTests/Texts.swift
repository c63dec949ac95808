import BearerProtocol

/// What encoding appends, as text.
func text(_ encode: (inout [UInt8]) -> Void) -> String {
    var bytes: [UInt8] = []
    encode(&bytes)
    return String(decoding: bytes, as: UTF8.self)
}

/// What became of a line: the request, or the error.
func parse(_ line: [UInt8]) -> Result<Request, RequestError> {
    Result { () throws(RequestError) in try Request.parse(line: line[...]) }
}
