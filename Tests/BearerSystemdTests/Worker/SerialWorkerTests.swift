import Testing

@testable import BearerSystemd

@Suite struct SerialWorkerTests {
    let seen = Collected<Int>()
    let losses = Collected<Int>()
    /// The handler of the item 0 announces itself at `entered`, then waits at `gate`.
    let entered = Pipe()
    let gate = Pipe()

    private func makeWorker(capacity: Int) -> SerialWorker<Int> {
        let (seen, losses, entered, gate) = (seen, losses, entered, gate)
        return SerialWorker(capacity: capacity) { item in
            if item == 0 {
                entered.signal()
                gate.wait()
            }
            seen.add(item)
        } reportLoss: {
            losses.add($0)
        }
    }

    @Test("items are handled in order")
    func order() {
        let worker = makeWorker(capacity: 1_000)
        for item in 1...1_000 { worker.submit(item) }
        #expect(worker.flush(within: .seconds(60)))
        #expect(seen.all == Array(1...1_000))
        #expect(losses.all.isEmpty)
    }

    @Test("what a full queue cannot take is lost, counted, and reported once the queue is empty")
    func overflow() {
        let worker = makeWorker(capacity: 4)
        worker.submit(0)
        entered.wait()
        let taken = (1...10).map { worker.submit($0) }
        #expect(taken == [true, true, true] + Array(repeating: false, count: 7))
        #expect(!worker.flush(within: .milliseconds(1)))
        gate.signal()
        #expect(worker.flush(within: .seconds(60)))
        #expect(seen.all == [0, 1, 2, 3])
        #expect(losses.all == [7])
        #expect(worker.submit(11))
        #expect(worker.flush(within: .seconds(60)))
        #expect(losses.all == [7])
    }

    @Test("an item takes the place of those that it makes obsolete")
    func replacing() {
        let worker = makeWorker(capacity: 3)
        worker.submit(0)
        entered.wait()
        worker.submit(1)
        for item in 2...100 { worker.submit(item, replacing: { $0 >= 2 }) }
        gate.signal()
        #expect(worker.flush(within: .seconds(60)))
        #expect(seen.all == [0, 1, 100])
        #expect(losses.all.isEmpty)
    }

    @Test("a worker that is released still handles what it has")
    func release() {
        let done = Pipe()
        var worker: SerialWorker<Bool>? = SerialWorker(capacity: 10) { isLast in
            if isLast { done.signal() }
        }
        worker?.submit(false)
        worker?.submit(true)
        worker = nil
        done.wait()
    }

    @Test("every item of many threads is handled or counted as lost")
    func manyThreads() async {
        let worker = makeWorker(capacity: 8)
        await withDiscardingTaskGroup { group in
            for task in 1...8 {
                group.addTask { for item in 0..<500 { worker.submit(task * 1_000 + item) } }
            }
        }
        #expect(worker.flush(within: .seconds(60)))
        #expect(seen.all.count + losses.all.reduce(0, +) == 4_000)
        #expect(Set(seen.all).count == seen.all.count)
    }
}
