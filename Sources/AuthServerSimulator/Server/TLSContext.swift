internal import COpenSSL
internal import Glibc

/// What TLS connections have in common: SSL_CTX_new(3ssl).
///
/// `@unchecked Sendable` because it is not changed once it is made, and OpenSSL counts its references atomically.
package final class TLSContext: @unchecked Sendable {
    /// The versions of the protocol that a server speaks.
    package enum Versions: Sendable {
        case modern
        /// 1.0 and 1.1 only, which nobody should accept.
        case outdated
    }

    let context: OpaquePointer
    let isServer: Bool

    /// A server that shows the certificates in a PEM file, the leaf first; `key` is the file of the leaf's private key.
    package init(certificateChain: String, privateKey key: String, versions: Versions = .modern) throws(SimulatorError)
    {
        guard let context = SSL_CTX_new(TLS_server_method()) else { throw .tls("no context: \(Self.lastProblem)") }
        self.context = context
        isServer = true
        // The certificates of tests need not be strong, nor need the outdated versions.
        SSL_CTX_set_security_level(context, versions == .modern ? 1 : 0)
        let isUsable =
            copenssl_set_versions(
                context, versions == .modern ? TLS1_2_VERSION : TLS1_VERSION,
                versions == .modern ? TLS1_3_VERSION : TLS1_1_VERSION) == 1
            && SSL_CTX_use_certificate_chain_file(context, certificateChain) == 1
            && SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) == 1
        guard isUsable else { throw .tls("\(certificateChain) with \(key): \(Self.lastProblem)") }
    }

    /// A client that trusts the certificates in a PEM file, or none, and does not look at names.
    package init(trusting file: String?) throws(SimulatorError) {
        guard let context = SSL_CTX_new(TLS_client_method()) else { throw .tls("no context: \(Self.lastProblem)") }
        self.context = context
        isServer = false
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nil)
        guard let file else { return }
        guard SSL_CTX_load_verify_locations(context, file, nil) == 1 else { throw .tls("\(file): \(Self.lastProblem)") }
    }

    deinit {
        SSL_CTX_free(context)
    }

    /// OpenSSL's words for the last error of this thread.
    private static var lastProblem: String {
        var text = [CChar](repeating: 0, count: 256)
        ERR_error_string_n(ERR_peek_last_error(), &text, text.count)
        ERR_clear_error()
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
