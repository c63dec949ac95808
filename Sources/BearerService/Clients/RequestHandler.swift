internal import BearerCore
internal import BearerProtocol

/// Who answers what comes in on connections.
protocol RequestHandler: AnyObject {
    /// Answers a request, within the read that brought it.
    func answer(_ request: Request, from client: ClientConnection) -> Answer

    /// Answers a unit for which systemd loads a credential.
    func credential(for connection: CredentialConnection) -> CredentialAnswer
}

/// What there is for a request.
enum Answer {
    case reply([UInt8])
    /// The same request may be answered by the same again.
    case repeatable([UInt8], RepeatedToken)
    /// A long reply: `rest` is asked for the next piece when the client has taken the one before; until the last one, the
    /// connection takes no further request.
    case inPieces([UInt8], rest: () -> ReplyPiece)
    /// The reply comes later, by ``ClientConnection/deliver(_:)-([UInt8])``; until then the connection takes no further request.
    /// `cancel` is called when the client goes away before.
    case later(cancel: () -> Void)
    /// The connection is taken over: `first`, then lines as they come by ``ClientConnection/publish(_:)``.
    case watching(first: [UInt8]?, cancel: () -> Void)
}

struct ReplyPiece {
    let bytes: [UInt8]
    let isLast: Bool
}

/// What there is for a unit whose credential systemd loads.
enum CredentialAnswer {
    case now([UInt8])
    /// The bytes come later, by ``CredentialConnection/deliver(_:)``.
    case later(cancel: () -> Void)
}

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

extension ExportReply {
    /// The line holds the client secret.
    func line(id: RequestID?) -> Secret {
        var bytes: [UInt8] = []
        encode(id: id, into: &bytes)
        return Secret(wiping: &bytes)
    }
}

private func bytes(_ encode: (inout [UInt8]) -> Void) -> [UInt8] {
    var bytes: [UInt8] = []
    encode(&bytes)
    return bytes
}
