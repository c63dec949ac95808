import BearerConfiguration
import BearerCore
import Testing

@Suite struct ConfigurationTests {
    @Test("without a file there is one profile for the production environment")
    func defaults() throws {
        let configuration = Configuration()
        #expect(configuration.profiles.map(\.name) == ["default"])
        let profile = try #require(configuration.profiles.first)
        let registration = try #require(profile.registration)
        #expect(registration.statement == .credential("software_statement"))
        #expect(profile.upstream.server == "https://sp.auth.adobe.com")
        #expect(profile.upstream.renewal == RenewalPolicy(at: 0.8, jitter: 0.05))
        #expect(profile.allow == nil)
        #expect(registration.reregistration == .automatic)
        #expect(configuration.startup.wait == .seconds(20))
        #expect(configuration.limits.connections == 4096)
        #expect(configuration.limits.connectionsPerUser == 1024)
        #expect(configuration.limits.requestBytes == 16_384)
        #expect(configuration.limits.lineTimeout == .seconds(10))
        #expect(configuration.budget.rate == 1)
        #expect(configuration.budget.burst == 5)
        #expect(configuration.credentialSocket.onFailure == .fail)
        #expect(configuration.logLevel == .info)
        #expect(!configuration.audit)
        #expect(configuration.proxy == nil && configuration.caFile == nil)
    }

    @Test("every key is read")
    func everyKey() throws {
        let configuration = try Configuration(yaml: ConfigurationSamples.full, file: "f")
        #expect(configuration.upstream.server == "https://sp.auth-staging.adobe.com")
        #expect(configuration.upstream.userAgent == "player/5.1 (host)")
        #expect(configuration.upstream.deviceInfo == ["primaryHardwareType": "SetTopBox", "version": "5.10"])
        #expect(configuration.upstream.renewal == RenewalPolicy(at: 0.93, jitter: 0.05))
        #expect(configuration.proxy == ProxyAddress(host: "proxy.example", port: 3128))
        #expect(configuration.caFile == "/etc/ssl/private.pem")
        #expect(configuration.startup.wait == .zero)
        #expect(configuration.limits.connections == 65_536)
        #expect(configuration.limits.connectionsPerUser == 1)
        #expect(configuration.limits.requestBytes == 10_240)
        #expect(configuration.limits.lineTimeout == .seconds(300))
        #expect(configuration.budget.rate == 0.5)
        #expect(configuration.budget.burst == 10)
        #expect(configuration.credentialSocket.onFailure == .empty)
        #expect(configuration.audit)
        #expect(configuration.logLevel == .debug)
        #expect(configuration.profiles.map(\.name) == ["default", "other"])
    }

    @Test("a profile has what is set for it, and the rest from what is set for all")
    func overrides() throws {
        let configuration = try Configuration(yaml: ConfigurationSamples.full, file: "f")
        let standard = try #require(configuration.profiles.first)
        let registration = try #require(standard.registration)
        #expect(registration.statement == .file("/etc/statement"))
        #expect(registration.redirectURI == "adobepass://com.programmer")
        #expect(registration.reregistration == .never)
        #expect(standard.upstream == configuration.upstream)
        #expect(
            standard.allow
                == AllowConfiguration(
                    users: [.name("player"), .id(1001)], groups: [.name("domain users")],
                    units: [UnitPattern("ingest.service"), UnitPattern("encoder@*.service")]))
        let other = try #require(configuration.profiles.last)
        #expect(other.upstream.server == "http://127.0.0.1:8080/base")
        #expect(other.upstream.userAgent == "other")
        #expect(
            other.upstream.deviceInfo
                == ["primaryHardwareType": "SetTopBox", "version": "6", "connectionSecure": "true"])
        #expect(other.upstream.renewal == RenewalPolicy(at: 0.5, jitter: 0.05))
        #expect(other.allow == AllowConfiguration(units: [UnitPattern("*")]))
    }

    @Test("a profile may be given its client credentials, by a file or a credential")
    func given() throws {
        for (text, source) in [
            ("{file: /etc/c.json}", SecretSource.file("/etc/c.json")), ("{credential: c}", .credential("c")),
        ] {
            let configuration = try Configuration(yaml: "profiles: {a: {client: \(text)}}", file: "f")
            #expect(configuration.profiles.first?.client == .given(source))
            #expect(configuration.profiles.first?.registration == nil)
        }
    }

    @Test("what is set for all reaches the profile that no file names")
    func defaultProfileInherits() throws {
        let configuration = try Configuration(yaml: "environment: prequalification", file: "f")
        #expect(configuration.profiles.first?.upstream.server == "https://sp-prequal.auth.adobe.com")
    }

    @Test(
        "the way YAML is written makes no difference",
        arguments: [
            "limits:\n  connections: 7\n", "limits:\r\n  connections: 7\r\n", "{\"limits\": {\"connections\": 7}}",
            "---\nlimits: {connections: +7} # comment\n...\n", "limits:\n    connections:\n        7",
        ])
    func styles(yaml: String) throws {
        #expect(try Configuration(yaml: yaml, file: "f").limits.connections == 7)
    }
}

extension ProfileConfiguration {
    fileprivate var registration: RegistrationConfiguration? {
        if case .registration(let registration) = client { registration } else { nil }
    }
}
