import TestSupport

extension DatagramSocket {
    /// The messages from now to the one that is `last`. Blocks.
    func messages(upTo last: String) throws -> [String] {
        var messages: [String] = []
        repeat {
            let text = receiveText()
            guard !text.isEmpty else { throw HarnessError.waitedInVain(last, lines: messages) }
            messages.append(text)
        } while messages.last != last
        return messages
    }
}
