/// One step of delivering a reply. A reply, however broken, is a list of these.
enum DeliveryStep: Equatable {
    case send([UInt8])
    case pause(Duration)
    /// So many bytes of filler, only as fast as the client reads.
    case flood(bytes: Int)
    /// Never another byte, until the client or the shutdown closes.
    case hang
    /// An orderly end (FIN, on TLS with close_notify).
    case close
    /// A TCP reset (RST), on TLS without close_notify.
    case reset
}
