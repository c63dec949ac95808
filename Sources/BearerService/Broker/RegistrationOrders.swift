internal import BearerLoop
internal import BearerProtocol

/// The registration of a profile that administrators order.
protocol OrderedRegistration: AnyObject {
    /// It is in flight, or about to be: it is made whether or not anybody waits.
    var isRegistrationSent: Bool { get }

    /// It is not made after all.
    func withdrawRegistration()

    /// What a client is told that cannot be given what it asks for.
    func unavailable(_ lack: String) -> ErrorReply
}

/// Requests of administrators for new client credentials, from their arrival to their end. All that wait at a time wait for the
/// same registration; with the last one that goes away before it is sent, it is withdrawn. Lives on the loop.
final class RegistrationOrders {
    private struct Order {
        let registration: any OrderedRegistration
        let timeout: LoopTimer
        let answer: (any ReplyLine) -> Void
    }

    /// How long an administrator waits for a registration to be sent. With the exchange itself that is less than the 90 s
    /// that `bearerctl` gives the daemon.
    static let limit = Duration.seconds(60)

    private let loop: ServingLoop
    private var orders: [UInt64: Order] = [:]
    private var numbers: UInt64 = 0

    init(on loop: ServingLoop) {
        self.loop = loop
    }

    var count: Int { orders.count }

    /// - Throws: why a registration of `profile` cannot be ordered.
    static func check(force: Bool, _ profile: ResolvedProfile, hasCredentials: Bool) throws(ErrorReply) {
        if let given = profile.given {
            throw ErrorReply(
                .invalidRequest,
                "profile \(profile.name) is given its client credentials (client: \(given.place)) and never registers; "
                    + "register on the host that they come from")
        }
        guard force || !hasCredentials else {
            throw ErrorReply(
                .invalidRequest,
                "profile \(profile.name) has client credentials; with \"force\": true they are replaced, and viewers have to "
                    + "sign in again")
        }
    }

    /// Lets a request wait for `registration`, which the caller begins.
    ///
    /// - Parameter answer: called once, unless the client goes away.
    /// - Returns: is called when the client goes away.
    func add(
        for registration: any OrderedRegistration, answer: @escaping (any ReplyLine) -> Void
    ) -> () -> Void {
        numbers += 1
        let number = numbers
        let timer = loop.schedule(after: Self.limit) { [self] in timedOut(number) }
        orders[number] = Order(registration: registration, timeout: timer, answer: answer)
        return { [self] in remove(number) }
    }

    /// The registration has ended, or is never made: answers all.
    func end(with reply: any ReplyLine) {
        let ended = orders.values
        orders = [:]
        for order in ended {
            loop.cancel(order.timeout)
            order.answer(reply)
        }
    }

    /// A registration that was sent is waited for to its end.
    private func timedOut(_ number: UInt64) {
        guard let order = orders[number], !order.registration.isRegistrationSent else { return }
        let seconds = Self.limit.components.seconds
        let error = order.registration.unavailable(
            "could not be registered within \(seconds) s, and this order is withdrawn")
        remove(number)
        order.answer(error)
    }

    private func remove(_ number: UInt64) {
        guard let order = orders.removeValue(forKey: number) else { return }
        loop.cancel(order.timeout)
        if orders.isEmpty, !order.registration.isRegistrationSent { order.registration.withdrawRegistration() }
    }
}
