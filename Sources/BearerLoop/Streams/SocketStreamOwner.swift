/// Who a ``SocketStream`` is for. Called on the loop's thread, and never after ``streamClosed()``.
package protocol SocketStreamOwner: AnyObject {
    /// Something has come in, or will not come any more: see ``SocketStream/receive(atMost:_:)``.
    func streamIsReadable()
    /// The peer has taken everything that was sent.
    func streamIsDrained()
    /// The peer takes no more for now.
    func streamIsBlocked()
    /// The turn that ``SocketStream/goOnLater()`` asked for has come.
    func streamGoesOn()
    /// The stream was closed, by whomever; the last call.
    func streamClosed()
}
