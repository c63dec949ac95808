/// Streams for which the kernel may keep more than a little: so many that it stays bounded what clients who read nothing
/// have it keep on our account.
struct KernelMemory {
    /// Each may have a turn's replies kept.
    static let most = 256

    private var streams = FIFO<SocketStream>()
    private var members: Set<ObjectIdentifier> = []

    /// Has `stream` among them, in the place of one that has taken everything if they are many.
    mutating func admit(_ stream: SocketStream) -> Bool {
        if members.contains(ObjectIdentifier(stream)) { return true }
        if members.count == Self.most, let oldest = streams.popFirst() {
            guard !oldest.isOpen || oldest.isTaken else {
                streams.append(oldest)
                return false
            }
            members.remove(ObjectIdentifier(oldest))
        }
        members.insert(ObjectIdentifier(stream))
        streams.append(stream)
        return true
    }
}
