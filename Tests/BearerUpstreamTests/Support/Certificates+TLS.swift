import AuthServerSimulator
import TestSupport

extension Certificates {
    func tls(_ server: Server, olderThan12: Bool = false) throws -> TLSContext {
        try TLSContext(
            certificateChain: chain(server), privateKey: key(server), versions: olderThan12 ? .outdated : .modern)
    }
}
