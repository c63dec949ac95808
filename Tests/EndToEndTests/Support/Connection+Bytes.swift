import Glibc

/// What cannot be said in text: bytes that are no UTF-8, and where a packet ends.
extension Connection {
    /// Waits until the daemon has taken all that was sent, so that what is sent next comes in a packet of its own.
    func awaitTaken() throws {
        let end = ContinuousClock.now + .seconds(30)
        var untaken: CInt = 1
        while untaken > 0 {
            guard ioctl(descriptor, UInt(TIOCOUTQ), &untaken) == 0, ContinuousClock.now < end else {
                throw HarnessError.system("waiting for \(path) to take what was sent", code: errno)
            }
            sched_yield()
        }
    }

    /// The next line, its ending included; less at the end of the connection.
    func rawLine() throws -> [UInt8] {
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while line.last != UInt8(ascii: "\n") {
            let count = recv(descriptor, &byte, 1, 0)
            guard count >= 0 else { throw HarnessError.system("receive from \(path)", code: errno) }
            if count == 0 { break }
            line.append(byte)
        }
        return line
    }
}
