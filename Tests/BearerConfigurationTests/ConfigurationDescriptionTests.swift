import BearerConfiguration
import Testing

@Suite struct ConfigurationDescriptionTests {
    @Test("the effective configuration, read again, is the same", arguments: 0..<300)
    func readAgain(seed: UInt64) throws {
        var generator = ConfigurationGenerator(seed: seed)
        let configuration = generator.configuration()
        #expect(try Configuration(yaml: configuration.effectiveDescription, file: "effective") == configuration)
    }

    @Test("the effective configuration of the full sample, read again, is the same")
    func sampleReadAgain() throws {
        let configuration = try Configuration(yaml: ConfigurationSamples.full, file: "f")
        #expect(try Configuration(yaml: configuration.effectiveDescription, file: "effective") == configuration)
    }

    @Test("the effective configuration says everything, also who may ask")
    func defaults() {
        #expect(
            Configuration().effectiveDescription == """
                environment: production
                renewal:
                  at: 0.8
                  jitter: 0.05
                # ca_file: the system's certification authorities
                startup:
                  wait: 20
                limits:
                  connections: 4096
                  connections_per_user: 1024
                  request_bytes: 16384
                  line_timeout: 10
                budget:
                  rate: 1.0
                  burst: 5
                credential_socket:
                  on_failure: fail
                audit: false
                log_level: info
                profiles:
                  default:
                    software_statement:
                      credential: software_statement
                    reregister: automatic
                    # allow: whoever can open the socket
                    environment: production
                    renewal:
                      at: 0.8
                      jitter: 0.05

                """)
    }
}
