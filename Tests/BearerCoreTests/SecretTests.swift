import BearerCore
import Testing

@Suite struct SecretTests {
    private static let canary = "canary-7f3a"

    private struct Holder {
        let secret = Secret(canary)
        let maybe: Secret? = Secret(canary)
        let list = [Secret(canary)]
        let keyed = ["key": Secret(canary)]
    }

    /// Every way in which Swift turns a value into text.
    private static func prints(of value: some Any) -> [String] {
        var dumped = ""
        dump(value, to: &dumped)
        var printed = ""
        print(value, to: &printed)
        return [dumped, printed, "\(value)", String(describing: value), String(reflecting: value)]
    }

    @Test("a secret prints as redacted")
    func redacted() {
        for text in Self.prints(of: Secret(Self.canary)) { #expect(text.contains("<redacted>")) }
        #expect(Secret(Self.canary).description == "<redacted>")
        #expect(Secret(Self.canary).debugDescription == "<redacted>")
    }

    @Test("whatever holds a secret does not print it either")
    func holders() {
        let grant = TokenGrant.lasting(60, value: Self.canary)
        let credentials = ClientCredentials(clientID: "id", clientSecret: Secret(Self.canary), issuedAt: nil)
        let event = LifecycleEvent.granted(exchange: 1, grant, sentAt: .origin)
        let token = AccessToken(grant: grant, generation: 1, requestedAt: .origin)
        var lifecycle = TokenLifecycle.sample()
        _ = lifecycle.handle(.start, at: .origin, random: 0)
        _ = lifecycle.handle(event, at: .origin, random: 0)
        #expect(lifecycle.token != nil)
        let prints = [
            Self.prints(of: Holder()), Self.prints(of: grant), Self.prints(of: credentials), Self.prints(of: event),
            Self.prints(of: token), Self.prints(of: lifecycle),
        ]
        for text in prints.joined() {
            #expect(!text.contains(Self.canary))
            #expect(text.contains("<redacted>"))
        }
    }

    @Test("a mirror shows nothing inside")
    func mirror() {
        let mirror = Mirror(reflecting: Secret(Self.canary))
        #expect(mirror.children.isEmpty)
        #expect(mirror.superclassMirror == nil)
    }

    static let pairs: [(String, String, Bool)] = [
        ("", "", true), ("a", "a", true), ("a", "b", false), ("a", "", false), ("a", "aa", false), ("aa", "ab", false),
        ("ba", "aa", false), ("\u{0}", "", false), ("\u{E9}", "e\u{301}", false), (canary, canary, true),
    ]

    @Test("secrets are equal when their bytes are", arguments: pairs)
    func equality(left: String, right: String, equal: Bool) {
        #expect((Secret(left) == Secret(right)) == equal)
        #expect((Secret(right) == Secret(left)) == equal)
    }

    @Test("one changed bit anywhere makes a difference", arguments: 0..<64)
    func everyBit(bit: Int) {
        let bytes = [UInt8](repeating: 0x5A, count: 8)
        var changed = bytes
        changed[bit / 8] ^= 1 << (bit % 8)
        #expect(Secret(bytes) != Secret(changed))
    }

    @Test("the bytes are those that went in")
    func bytes() {
        let bytes = (0...255).map { UInt8($0) }
        #expect(Secret(bytes).withBytes { Array($0) } == bytes)
        #expect(Secret(bytes).count == 256)
        #expect(!Secret(bytes).isEmpty)
        #expect(Secret("").isEmpty)
        #expect(Secret("").withBytes { $0.count } == 0)
        #expect(Secret("é").count == 2)
    }

    @Test("copies share one storage, which outlives the original")
    func copies() {
        var original: Secret? = Secret(Self.canary)
        let copy = original
        let isShared = original?.withBytes { first in copy?.withBytes { $0.baseAddress == first.baseAddress } }
        #expect(isShared == true)
        original = nil
        #expect(copy == Secret(Self.canary))
    }
}
