import BearerCore
import BearerProtocol
import TestSupport

extension Request {
    static func random(using generator: inout SeededGenerator) -> Request {
        Request(id: randomID(using: &generator), randomOperation(using: &generator))
    }

    private static func randomID(using generator: inout SeededGenerator) -> RequestID? {
        switch Int.random(in: 0..<3, using: &generator) {
        case 0: nil
        case 1: RequestID(Int64.random(in: .min ... .max, using: &generator))
        default: RequestID(String(randomText(using: &generator)))
        }
    }

    private static func randomOperation(using generator: inout SeededGenerator) -> BearerProtocol.Operation {
        let profile = generator.chance(2) ? nil : "p-\(UInt16.random(in: 0...999, using: &generator)).x"
        let wait = Duration.seconds(Int.random(in: 0...300, using: &generator))
        switch Int.random(in: 0..<8, using: &generator) {
        case 0:
            let validity = Duration.seconds(Int64.random(in: 0 ... .max, using: &generator) >> 20)
            return .token(TokenRequest(profile: profile, minimumValidity: validity, wait: wait))
        case 1:
            let rejected = Secret("x" + randomText(using: &generator))
            return .renew(RenewRequest(profile: profile, rejected: rejected, wait: wait))
        case 2: return .watch(profile: profile)
        case 3: return .status(profile: profile)
        case 4: return .ping
        case 5: return .reload
        case 6: return .export(profile: profile)
        default: return .register(profile: profile, force: .random(using: &generator))
        }
    }

    private static func randomText(using generator: inout SeededGenerator) -> String {
        let alphabet: [Character] = ["\0", "\n", "\r", "\"", "\\", "/", "a", "=", "é", "😀"]
        let count = Int.random(in: 0...9, using: &generator)
        return String((0..<count).map { _ in alphabet.randomElement(using: &generator) ?? "a" })
    }
}
