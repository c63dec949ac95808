internal import BearerCore
internal import BearerJSON

/// What a software statement says of itself, RFC 7519 section 4.1, read without verifying it: enough to tell two
/// statements apart. Nothing else of it is ever shown.
struct StatementClaims: Equatable {
    /// Who issues the statements of Adobe's servers.
    private static let adobeIssuer = "auth.adobe.com"

    /// What to do about a clock that is wrong.
    static let clockRemedy = "set the clock: timedatectl set-ntp true"

    /// `sub`: printable ASCII, at most 100 characters; `nil` for anything else.
    let subject: String?
    /// `iat`, seconds since 1970.
    let issuedAt: Int64?
    /// `nbf`, seconds since 1970.
    let notBefore: Int64?
    /// `iss`.
    let issuer: String?

    /// `nil` when the statement's second part is no JSON object.
    init?(_ statement: SoftwareStatement) {
        guard var payload = statement.secret.withBytes(Self.payload) else { return nil }
        defer { Secret.wipe(&payload) }
        guard let claims = try? JSONValue(parsing: payload[...]), claims.object != nil else { return nil }
        subject = claims["sub"]?.string.flatMap(Self.shown)
        issuedAt = claims["iat"]?.wholeNumber
        notBefore = claims["nbf"]?.wholeNumber
        issuer = claims["iss"]?.string.flatMap(Self.shown)
    }

    /// `sub x, iat 2025-05-23 17:04:09`; `nil` when neither is known.
    var text: String? {
        let parts = [subject.map { "sub \($0)" }, issuedAt.map { "iat \(ClockReading.wallText(ofUnixTime: $0))" }]
        let known = parts.compactMap { $0 }
        return known.isEmpty ? nil : known.joined(separator: ", ")
    }

    /// What an operator should look at.
    ///
    /// - Parameters:
    ///   - server: the base URL of the authorization server.
    ///   - now: seconds since 1970.
    func warnings(server: String, at now: Int64) -> [String] {
        var warnings: [String] = []
        let valid = notBefore.map { ($0, "is not valid before", "nbf") }
        let issued = issuedAt.map { ($0, "was issued at", "iat") }
        // They are the same in most statements, and one cause in all.
        if let (time, what, claim) = [valid, issued].compactMap({ $0 }).first(where: { $0.0 > now }) {
            warnings.append(
                "the software statement \(what) \(ClockReading.wallText(ofUnixTime: time)) (\(claim)), but the clock of this "
                    + "host says \(ClockReading.wallText(ofUnixTime: now)); \(Self.clockRemedy)")
        }
        let isAdobe = server.hasSuffix(".auth.adobe.com") || server.hasSuffix(".auth-staging.adobe.com")
        if isAdobe, let issuer, issuer != Self.adobeIssuer {
            warnings.append(
                "the software statement is from \(issuer) (iss), expected \(Self.adobeIssuer) for \(server); take the one "
                    + "that the TVE Dashboard has for the registered application")
        }
        return warnings
    }

    private static func shown(_ text: String) -> String? {
        (1...100).contains(text.utf8.count) && text.utf8.allSatisfy { (0x20...0x7E).contains($0) } ? text : nil
    }

    /// The bytes of the second part; `nil` when that is not base64url.
    private static func payload(_ statement: UnsafeRawBufferPointer) -> [UInt8]? {
        let parts = statement.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(parts[1].count)
        var (bits, count): (UInt32, Int) = (0, 0)
        for character in parts[1] {
            guard let value = value(of: character) else { return nil }
            bits = bits << 6 | UInt32(value)
            count += 6
            guard count >= 8 else { continue }
            count -= 8
            bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
        }
        return bytes
    }

    /// RFC 4648 section 5.
    private static func value(of character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): character - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): character - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0") + 52
        case UInt8(ascii: "-"): 62
        case UInt8(ascii: "_"): 63
        default: nil
        }
    }
}
