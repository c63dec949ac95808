internal import BearerProtocol

/// Replies as the lines that go out.
extension TokenReply {
    func line(id: RequestID?) -> [UInt8] { bytes { encode(id: id, into: &$0) } }
}

extension ErrorReply {
    func line(id: RequestID?) -> [UInt8] { bytes { encode(id: id, into: &$0) } }
}

extension StatusReply {
    func line(id: RequestID?) -> [UInt8] { bytes { encode(id: id, into: &$0) } }
}

extension PongReply {
    func line(id: RequestID?) -> [UInt8] { bytes { encode(id: id, into: &$0) } }
}

extension RegisterReply {
    func line(id: RequestID?) -> [UInt8] { bytes { encode(id: id, into: &$0) } }
}

extension ReloadReply {
    func line(id: RequestID?) -> [UInt8] { bytes { encode(id: id, into: &$0) } }
}

private func bytes(_ encode: (inout [UInt8]) -> Void) -> [UInt8] {
    var bytes: [UInt8] = []
    encode(&bytes)
    return bytes
}
