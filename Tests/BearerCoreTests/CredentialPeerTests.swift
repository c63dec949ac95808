import BearerCore
import TestSupport
import Testing

@Suite("CredentialPeer") struct CredentialPeerTests {
    private func peer(_ text: String) -> CredentialPeer? {
        CredentialPeer(abstractAddress: [0] + Array(text.utf8))
    }

    @Test(
        "what systemd binds to is taken apart",
        arguments: [
            ("b2eba07b95d6a1f3/unit/player.service/access_token", "player.service", "access_token"),
            ("0/unit/a/b", "a", "b"), ("123456789abcde/unit/encoder@1.service/x", "encoder@1.service", "x"),
            ("f/unit/dev-disk-by\\x2did.device/id", "dev-disk-by\\x2did.device", "id"),
            ("f/unit/unit/unit", "unit", "unit"), ("f/unit/!a~/~b!", "!a~", "~b!"),
        ])
    func taken(address: String, unit: String, credential: String) {
        #expect(peer(address) == CredentialPeer(unit: unit, credential: credential))
    }

    @Test("hexadecimal digits are 1 to 16", arguments: 0...17)
    func digits(count: Int) {
        let address = String(repeating: "a", count: count) + "/unit/u/c"
        #expect((peer(address) != nil) == (1...16).contains(count))
    }

    @Test(
        "anything else is nobody",
        arguments: [
            "", "/", "///", "A1/unit/u/c", "g/unit/u/c", "`/unit/u/c", ":/unit/u/c", "0x1/unit/u/c", "-1/unit/u/c",
            " 1/unit/u/c", "1/Unit/u/c",
            "1/unit/u", "1/unit/u/", "1/unit//c", "1/unit/u/c/", "1/unit/u/c/d", "/1/unit/u/c", "1//unit/u/c",
            "1/unit/a/unit/b/c", "1/units/u/c", "1/unit/u c/d", "1/unit/u/c\n", "1/unit/u/c\u{0}", "1/unit/u\u{0}/c",
            "1\u{0}/unit/u/c", "\u{0}1/unit/u/c", "1/unit/ü/c", "1/unit/u/\u{7F}", "１/unit/u/c",
        ])
    func nobody(address: String) {
        #expect(peer(address) == nil)
    }

    @Test(
        "a name that is not abstract, or none at all, is nobody",
        arguments: [
            [], Array("1/unit/u/c".utf8), Array("/run/1/unit/u/c".utf8), [0], [0, 0] + Array("1/unit/u/c".utf8),
            Array("1/unit/u/c\0".utf8), [1] + Array("1/unit/u/c".utf8),
        ] as [[UInt8]])
    func notAbstract(address: [UInt8]) {
        #expect(CredentialPeer(abstractAddress: address) == nil)
    }

    @Test("the longest address there is")
    func longest() {
        let unit = String(repeating: "u", count: 107 - 1 - 16 - 6 - 2)
        #expect(peer("0123456789abcdef/unit/\(unit)/c") == CredentialPeer(unit: unit, credential: "c"))
        #expect(CredentialPeer(abstractAddress: [UInt8](repeating: 0, count: 108)) == nil)
    }

    @Test("whatever is believed is what systemd would have written for it", arguments: 0..<4)
    func fuzz(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let alphabet = Array("0aF/unit.é\0 \u{7F}".utf8)
        var believed = 0
        for _ in 0..<20_000 {
            var address: [UInt8] = [0] + Array("1f/unit/u/c".utf8)
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                let index = Int.random(in: 0..<address.count, using: &random)
                let byte = alphabet.randomElement(using: &random) ?? 0
                switch Int.random(in: 0..<3, using: &random) {
                case 0: address[index] = byte
                case 1: address.insert(byte, at: index)
                default: if address.count > 1 { address.remove(at: index) }
                }
            }
            guard let peer = CredentialPeer(abstractAddress: address) else { continue }
            believed += 1
            let digits = address.dropFirst().prefix { $0 != UInt8(ascii: "/") }
            let rebuilt = [0] + Array(digits) + Array("/unit/\(peer.unit)/\(peer.credential)".utf8)
            #expect(rebuilt == address)
            #expect((1...16).contains(digits.count))
            #expect(!peer.unit.isEmpty && !peer.unit.contains("/") && !peer.credential.contains("/"))
        }
        #expect(believed > 1000)
    }
}
