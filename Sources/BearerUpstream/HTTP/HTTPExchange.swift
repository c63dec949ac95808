internal import AsyncHTTPClient
internal import BearerCore
internal import NIOCore
internal import NIOHTTP1

/// One POST, from connecting to the last byte of the reply.
struct HTTPExchange: Sendable {
    let client: HTTPClient
    let limits: UpstreamLimits
    let proxy: HTTPClient.Configuration.Proxy?

    /// Returns once a status has arrived, whatever became of the body; fails when none did.
    func post(_ request: OutgoingRequest) async throws(ExchangeFailure) -> HTTPReply {
        let progress = ExchangeProgress()
        switch await perform(request, progress) {
        case .success(let reply):
            return reply
        case .failure(let error):
            throw TransportFailure(
                server: request.authority,
                peer: proxy.map { "the proxy \($0.host):\($0.port)" } ?? request.authority,
                limits: limits,
                isSent: progress.isSent,
                isLate: progress.isLate
            ).classify(error)
        }
    }

    /// The time limit is kept here because the client's own deadline ends with the reply's head.
    private func perform(
        _ request: OutgoingRequest,
        _ progress: ExchangeProgress
    ) async -> Result<HTTPReply, any Error> {
        let work = Task { await send(request, progress) }
        let timer = Task {
            try await Task.sleep(for: limits.exchange)
            progress.markLate()
            work.cancel()
        }
        defer { timer.cancel() }
        return await withTaskCancellationHandler {
            await work.value
        } onCancel: {
            work.cancel()
        }
    }

    private func send(
        _ request: OutgoingRequest,
        _ progress: ExchangeProgress
    ) async -> Result<HTTPReply, any Error> {
        do {
            let response = try await client.execute(request.httpRequest(progress), deadline: .distantFuture)
            var reply = HTTPReply(response)
            if reply.isSuccess || reply.isClientError {
                reply.body = await read(response.body, progress)
            }
            return .success(reply)
        } catch {
            return .failure(error)
        }
    }

    /// Leaving the loop early makes the client close the connection.
    private func read(_ body: HTTPClientResponse.Body, _ progress: ExchangeProgress) async -> HTTPReply.Body {
        var bytes: [UInt8] = []
        do {
            for try await chunk in body {
                guard bytes.count + chunk.readableBytes <= limits.bodyBytes else {
                    return .longer(than: limits.bodyBytes)
                }
                bytes += chunk.readableBytesView
            }
        } catch {
            return progress.isLate ? .late : .cut
        }
        return .whole(Secret(bytes))
    }
}

extension HTTPReply {
    fileprivate init(_ response: HTTPClientResponse) {
        status = Int(response.status.code)
        contentType = response.headers.first(name: "Content-Type")
        contentEncoding = response.headers.first(name: "Content-Encoding")
        retryAfter = response.headers.first(name: "Retry-After")
        body = .unread
    }
}
