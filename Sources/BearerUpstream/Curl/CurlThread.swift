internal import BearerLoop
internal import CCrypto
internal import CCurl
internal import CLinux
internal import Glibc
internal import Synchronization

/// Runs transfers side by side on one thread, which lives for as long as there are any: libcurl's multi interface, see
/// libcurl-multi(3).
final class CurlThread: Sendable {
    private struct Order: Sendable {
        let number: UInt64
        let request: OutgoingRequest
        /// Called once, on the thread.
        let completion: @Sendable (TransferEnd) -> Void
    }

    private struct Inbox: Sendable {
        var orders: [Order] = []
        var cancelled: Set<UInt64> = []
        var lastNumber: UInt64 = 0
        var isRunning = false
        var isShutDown = false
    }

    private let options: TransferOptions
    private let inbox = Mutex(Inbox())
    /// An eventfd(2); -1 if the kernel had none for us: what is new is then seen within a second.
    private let wakeUp = clinux_eventfd()

    init(_ options: TransferOptions) {
        self.options = options
    }

    deinit {
        if wakeUp >= 0 { close(wakeUp) }
    }

    /// Cancelling the task ends the transfer at once.
    ///
    /// - Parameter read: makes of the end what is wanted of it; called on the thread.
    func perform<Value: Sendable>(
        _ request: OutgoingRequest, _ read: @escaping @Sendable (TransferEnd) -> Value
    ) async -> Value {
        let number = inbox.withLock { inbox in
            inbox.lastNumber += 1
            return inbox.lastNumber
        }
        let value = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                submit(Order(number: number, request: request) { continuation.resume(returning: read($0)) })
            }
        } onCancel: {
            change { $0.cancelled.insert(number) }
        }
        inbox.withLock { _ = $0.cancelled.remove(number) }
        return value
    }

    /// Ends the transfers in flight; later ones end at once.
    func shutDown() {
        change { $0.isShutDown = true }
    }

    private func submit(_ order: Order) {
        let mustStart = inbox.withLock { inbox in
            inbox.orders.append(order)
            defer { inbox.isRunning = true }
            return !inbox.isRunning
        }
        guard mustStart else { return wake() }
        // The closure keeps this object alive until the thread ends.
        if Thread.start("upstream", { self.run() }) != 0 { failAll() }
    }

    private func change(_ body: (inout Inbox) -> Void) {
        inbox.withLock { body(&$0) }
        wake()
    }

    private func wake() {
        if wakeUp >= 0 { clinux_eventfd_signal(wakeUp) }
    }
}

// MARK: - On the thread

extension CurlThread {
    /// Transfers that libcurl works on, by their handles.
    private struct Flight {
        let order: Order
        let transfer: CurlTransfer
    }

    private func run() {
        guard CurlLibrary.initialize(), let multi = curl_multi_init() else { return failAll() }
        defer { curl_multi_cleanup(multi) }
        var flights: [UnsafeMutableRawPointer: Flight] = [:]
        while let news = takeNews(hasFlights: !flights.isEmpty) {
            for order in news.orders { start(order, on: multi, &flights) }
            for (easy, flight) in flights where news.isShutDown || news.cancelled.contains(flight.order.number) {
                end(easy, flight.transfer.end(CURLE_ABORTED_BY_CALLBACK), on: multi, &flights)
            }
            var running: CInt = 0
            curl_multi_perform(multi, &running)
            finishWhatIsDone(on: multi, &flights)
            if !flights.isEmpty { wait(on: multi) }
        }
    }

    /// Nil when there is nothing left to do: the next transfer then starts a thread of its own.
    private func takeNews(hasFlights: Bool) -> Inbox? {
        inbox.withLock { inbox in
            guard hasFlights || !inbox.orders.isEmpty else {
                inbox.isRunning = false
                return nil
            }
            defer { inbox.orders = [] }
            return inbox
        }
    }

    private func start(
        _ order: Order, on multi: UnsafeMutableRawPointer, _ flights: inout [UnsafeMutableRawPointer: Flight]
    ) {
        do throws(CurlError) {
            let transfer = try CurlTransfer(order.request, options)
            guard curl_multi_add_handle(multi, transfer.easy) == CURLM_OK else { throw CurlError(CURLE_OUT_OF_MEMORY) }
            flights[transfer.easy] = Flight(order: order, transfer: transfer)
        } catch {
            order.completion(TransferEnd(code: error.code))
        }
    }

    private func finishWhatIsDone(
        on multi: UnsafeMutableRawPointer, _ flights: inout [UnsafeMutableRawPointer: Flight]
    ) {
        var left: CInt = 0
        while let message = curl_multi_info_read(multi, &left)?.pointee {
            guard message.msg == CURLMSG_DONE, let easy = message.easy_handle, let flight = flights[easy] else {
                continue
            }
            end(easy, flight.transfer.end(message.data.result), on: multi, &flights)
        }
    }

    private func end(
        _ easy: UnsafeMutableRawPointer, _ end: TransferEnd, on multi: UnsafeMutableRawPointer,
        _ flights: inout [UnsafeMutableRawPointer: Flight]
    ) {
        curl_multi_remove_handle(multi, easy)
        flights.removeValue(forKey: easy)?.order.completion(end)
    }

    /// Until libcurl has something to do, or there is something new; a second at most.
    private func wait(on multi: UnsafeMutableRawPointer) {
        var event = curl_waitfd(fd: wakeUp, events: Int16(CURL_WAIT_POLLIN), revents: 0)
        curl_multi_poll(multi, &event, 1, 1000, nil)
        if event.revents != 0 { drain(wakeUp) }
    }

    private func failAll() {
        let orders = inbox.withLock { inbox in
            inbox.isRunning = false
            defer { inbox.orders = [] }
            return inbox.orders
        }
        for order in orders { order.completion(TransferEnd(code: CURLE_FAILED_INIT)) }
    }
}

/// libcurl and libcrypto as a whole: what must be done once in the process.
package enum CurlLibrary {
    /// Has both libraries wipe each block of memory that they free: requests, replies and what TLS made of them pass
    /// through their buffers. To be called before either is used for anything else, and before there are threads.
    package static func wipeFreedMemory() {
        // Where it would write the keys of each TLS session to, see curl's libcurl-env(3).
        unsetenv("SSLKEYLOGFILE")
        CRYPTO_set_mem_functions(
            { size, _, _ in malloc(size) },
            { block, size, _, _ in clinux_wiping_realloc(block, size) },
            { block, _, _ in clinux_wiping_free(block) })
    }

    /// curl_global_init_mem(3), at the first exchange only: it costs milliseconds, and a start that has everything stored
    /// needs no exchange.
    static func initialize() -> Bool { isInitialized }

    private static let isInitialized =
        curl_global_init_mem(
            Int(CURL_GLOBAL_DEFAULT),
            { malloc($0) }, { clinux_wiping_free($0) }, { clinux_wiping_realloc($0, $1) },
            { $0.flatMap { strdup($0) } }, { calloc($0, $1) }) == CURLE_OK
}
