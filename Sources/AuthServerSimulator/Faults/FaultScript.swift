/// The faults ordered for each endpoint: a queue, and what holds once the queue is used up.
struct FaultScript {
    private var queues: [Endpoint: ArraySlice<Fault>] = [:]
    private var standing: [Endpoint: Fault] = [:]

    /// Replaces what was ordered for `endpoint`.
    mutating func set(_ faults: [Fault], then standing: Fault?, for endpoint: Endpoint) {
        queues[endpoint] = faults[...]
        self.standing[endpoint] = standing
    }

    /// The fault for the next call to `endpoint`, if any.
    mutating func next(for endpoint: Endpoint) -> Fault? {
        queues[endpoint]?.popFirst() ?? standing[endpoint]
    }
}
