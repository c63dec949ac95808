internal import Glibc

/// A pipe: a gate that a thread waits at, or a destination that takes no more.
package final class Pipe: Sendable {
    package let input: Int32
    package let output: Int32

    package init() {
        var ends: [Int32] = [-1, -1]
        precondition(pipe(&ends) == 0, "no pipe")
        (output, input) = (ends[0], ends[1])
    }

    deinit {
        close(input)
        close(output)
    }

    /// Lets one thread pass ``wait()``.
    package func signal() {
        var byte: UInt8 = 0
        _ = write(input, &byte, 1)
    }

    /// Waits for ``signal()``; false when none comes within a minute.
    @discardableResult
    package func wait() -> Bool {
        var byte: UInt8 = 0
        return isReadable && read(output, &byte, 1) == 1
    }

    /// Writes until the pipe takes no more; the number of bytes.
    package func fill() -> Int {
        let flags = fcntl(input, F_GETFL)
        defer { _ = fcntl(input, F_SETFL, flags) }
        _ = fcntl(input, F_SETFL, flags | O_NONBLOCK)
        let page = [UInt8](repeating: 0, count: 4_096)
        var total = 0
        while write(input, page, page.count) == page.count { total += page.count }
        return total
    }

    /// Reads `count` bytes.
    package func drop(_ count: Int) {
        var bytes = [UInt8](repeating: 0, count: 4_096)
        var left = count
        while left > 0 { left -= read(output, &bytes, min(left, bytes.count)) }
    }

    /// Whether there is something to read within a minute, so that a test that waits in vain fails.
    private var isReadable: Bool {
        var state = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
        return poll(&state, 1, 60_000) == 1
    }

    /// Reads up to and with a line break.
    package func line() -> String {
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while line.last != UInt8(ascii: "\n"), isReadable, read(output, &byte, 1) == 1 { line.append(byte) }
        return String(decoding: line, as: UTF8.self)
    }

    /// The writing end of a pipe whose reading end is closed.
    package static func broken() -> Int32 {
        var ends: [Int32] = [-1, -1]
        precondition(pipe(&ends) == 0, "no pipe")
        close(ends[0])
        return ends[1]
    }
}
