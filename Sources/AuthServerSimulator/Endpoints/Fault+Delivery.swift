extension Fault {
    /// How the answer goes out under this fault.
    ///
    /// - Parameters:
    ///   - success: the endpoint's documented status.
    ///   - answer: acts on the request; called only by the faults that let the server act.
    func steps(keepAlive: Bool, success: Int, answer: () -> HTTPReply) -> [DeliveryStep] {
        if let reply = replacement(success: success) { return reply.steps(keepAlive: keepAlive) }
        switch self {
        case .hang:
            return [.hang]
        case .reset:
            return [.reset]
        case .raw(let bytes):
            return [.send(bytes), .close]
        case .huge(let bytes):
            let reply = HTTPReply(status: success, headers: ["Content-Type": "application/json"])
            return [.send(reply.head(length: bytes, keepAlive: keepAlive)), .flood(bytes: bytes)]
                + (keepAlive ? [] : [.close])
        default:
            return distorted(answer(), keepAlive: keepAlive)
        }
    }

    /// The whole reply, where the fault is just another reply.
    private func replacement(success: Int) -> HTTPReply? {
        switch self {
        case .status(let code, let headers, let body):
            HTTPReply(status: code, headers: headers, body: Array(body.utf8))
        case .error(let code): .error(code)
        case .throttled: .throttled
        case .redirect(let target, let status): HTTPReply(status: status, headers: ["Location": target])
        case .body(let text, let contentType): HTTPReply(status: success, contentType: contentType, text: text)
        default: nil
        }
    }

    private func distorted(_ reply: HTTPReply, keepAlive: Bool) -> [DeliveryStep] {
        switch self {
        case .delay(let duration):
            return [.pause(duration)] + reply.steps(keepAlive: keepAlive)
        case .drip(let size, let interval):
            return dripped(reply.bytes(keepAlive: keepAlive), size: max(1, size), interval: interval)
                + (keepAlive ? [] : [.close])
        case .resetAfter(let count):
            let sent = Array(reply.bytes(keepAlive: keepAlive).prefix(count))
            return sent.isEmpty ? [.reset] : [.send(sent), .pause(Self.readingTime), .reset]
        case .truncated(let count):
            let head = reply.head(length: reply.body.count, keepAlive: keepAlive)
            return [.send(head + reply.body.prefix(count)), .close]
        default:
            return reply.steps(keepAlive: keepAlive)
        }
    }

    /// Lets the client read what was sent before the RST, which would overtake it.
    private static let readingTime = Duration.milliseconds(50)

    private func dripped(_ bytes: [UInt8], size: Int, interval: Duration) -> [DeliveryStep] {
        let pieces = stride(from: 0, to: bytes.count, by: size).map { start in
            DeliveryStep.send(Array(bytes[start..<min(start + size, bytes.count)]))
        }
        return Array(pieces.map { [$0] }.joined(separator: [.pause(interval)]))
    }
}

/// One step of delivering a reply. A reply, however broken, is a list of these.
enum DeliveryStep: Equatable {
    case send([UInt8])
    case pause(Duration)
    /// So many bytes of filler, only as fast as the client reads.
    case flood(bytes: Int)
    /// Never another byte, until the client or the shutdown closes.
    case hang
    /// An orderly end (FIN, on TLS with close_notify).
    case close
    /// A TCP reset (RST), on TLS without close_notify.
    case reset
}
