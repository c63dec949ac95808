import Glibc

/// The signals that a daemon is stopped by.
enum SignalNumber: Sendable {
    case term, interrupt, kill

    var rawValue: CInt {
        switch self {
        case .term: SIGTERM
        case .interrupt: SIGINT
        case .kill: SIGKILL
        }
    }
}
