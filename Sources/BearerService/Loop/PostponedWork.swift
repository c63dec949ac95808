/// What goes on later, first in, first out.
struct PostponedWork {
    private var bodies: [() -> Void] = []
    private var first = 0

    var isEmpty: Bool { first == bodies.count }

    mutating func add(_ body: @escaping () -> Void) {
        bodies.append(body)
    }

    mutating func next() -> (() -> Void)? {
        guard !isEmpty else { return nil }
        let body = bodies[first]
        bodies[first] = {}
        first += 1
        if first * 2 > bodies.count {
            bodies.removeFirst(first)
            first = 0
        }
        return body
    }
}
