import BearerCore
import TestSupport

@testable import BearerConfiguration

/// Makes valid configurations and damaged texts, the same ones for the same seed.
struct ConfigurationGenerator: RandomNumberGenerator {
    private var random: SeededGenerator

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
    }

    mutating func next() -> UInt64 { random.next() }

    mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[Int.random(in: elements.indices, using: &self)]
    }

    mutating func maybe<Result>(_ make: (inout Self) -> Result) -> Result? {
        Bool.random(using: &self) ? make(&self) : nil
    }
}

extension ConfigurationGenerator {
    mutating func configuration() -> Configuration {
        var configuration = Configuration()
        configuration.upstream = upstream(over: UpstreamSection())
        configuration.proxy = maybe {
            $0.pick([ProxyAddress(host: "::1", port: 1), ProxyAddress(host: "a.b", port: 80)])
        }
        configuration.caFile = maybe { $0.pick(["/a", "/a b", "/ä: #\"\\'", "/true"]) }
        configuration.startup.wait = .seconds(Int.random(in: 0...60, using: &self))
        configuration.limits.connections = Int.random(in: 1...65_536, using: &self)
        configuration.limits.lineTimeout = .seconds(Int.random(in: 1...300, using: &self))
        configuration.budget.rate = Double.random(in: 0.001...10, using: &self)
        configuration.credentialSocket.onFailure = pick(CredentialSocketConfiguration.Failure.allCases)
        configuration.audit = Bool.random(using: &self)
        configuration.logLevel = pick(LogLevel.allCases)
        let names = ["default", "true", "5", "0x1", "1e3", "null", "a.b-c"].shuffled(using: &self)
        configuration.profiles = names.prefix(Int.random(in: 1...7, using: &self)).map {
            profile(name: $0, over: configuration.upstream)
        }
        return configuration
    }

    private mutating func profile(name: String, over base: UpstreamSection) -> ProfileConfiguration {
        var profile = ProfileConfiguration(name: name, upstream: maybe { $0.upstream(over: base) } ?? base)
        profile.client = pick([.given(source()), .registration(registration()), .registration(registration())])
        let users: [AccountName] = [.id(0), .id(.max - 1), .name("a b"), .name("true"), .name("1.5"), .name("D\\ü@x")]
        profile.allow = maybe { generator in
            AllowConfiguration(
                users: users.shuffled(using: &generator).suffix(2),
                groups: generator.maybe { [$0.pick(users)] },
                units: generator.maybe { [UnitPattern($0.pick(["*", "a-b@*.service", "x\\x2d:.mount", "5*"]))] })
        }
        return profile
    }

    private mutating func source() -> SecretSource {
        pick([.credential("software_statement"), .credential("5"), .credential("a b"), .file("/a b")])
    }

    private mutating func registration() -> RegistrationConfiguration {
        var registration = RegistrationConfiguration()
        registration.statement = source()
        registration.redirectURI = maybe { $0.pick(["a:b", "adobepass://com.programmer", "urn:x:'y'"]) }
        registration.reregistration = pick(Reregistration.allCases)
        registration.expectedScopes = pick([[], ["api:client:v2"], ["a", "#b", "5"]])
        return registration
    }

    private mutating func upstream(over base: UpstreamSection) -> UpstreamSection {
        var upstream = base
        upstream.server = pick(ServerEnvironment.allCases.map(\.server) + ["http://[::1]:8080", "https://a/B%20c"])
        upstream.userAgent = maybe { $0.pick(["a", "5", "yes", "a: b # c", "\"'\\", "- a", "{x}"]) } ?? base.userAgent
        upstream.deviceInfo["model"] = pick([
            "5", "null", "~", " a ", "ä\u{2028}\u{200B}📺", "# a\u{FEFF}", "\u{A0}x", "&a *b",
        ])
        let at = Double.random(in: 0.1...0.78, using: &self)
        upstream.renewal = RenewalPolicy(at: at, jitter: pick([0, 0.2, 1e-7, at / 10]))
        return upstream
    }
}

extension ConfigurationGenerator {
    /// `bytes` with some bytes changed, removed, repeated or moved.
    mutating func damaged(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...6, using: &self) {
            let start = Int.random(in: 0..<bytes.count, using: &self)
            let end = min(bytes.count - 1, start + Int.random(in: 0...8, using: &self))
            switch Int.random(in: 0..<4, using: &self) {
            case 0: bytes[start] = pick(Array("\n\t :-,[]{}&*!|>'\"%@?#\\~<0x\u{85}".utf8) + [0, 0x80, 0xFF])
            case 1: bytes.replaceSubrange(start...end, with: bytes[start...end] + bytes[start...end])
            case 2: bytes.insert(contentsOf: bytes[start...end], at: Int.random(in: 0..<bytes.count, using: &self))
            default: if bytes.count > 20 { bytes.removeSubrange(start...end) }
            }
        }
        return bytes
    }
}
