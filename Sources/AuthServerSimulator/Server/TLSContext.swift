internal import NIOSSL

/// Server-side TLS, 1.2 or newer.
enum TLSContext {
    static func load(_ files: TLSFiles) throws(SimulatorError) -> NIOSSLContext {
        do {
            let chain = try NIOSSLCertificate.fromPEMFile(files.certificateChain).map(
                NIOSSLCertificateSource.certificate)
            let key = try NIOSSLPrivateKey(file: files.privateKey, format: .pem)
            var configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: chain, privateKey: .privateKey(key))
            configuration.minimumTLSVersion = .tlsv12
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw .tls("\(files.certificateChain) with \(files.privateKey): \(error)")
        }
    }
}
