import TestSupport
import Testing

@testable import AuthServerSimulator

@Suite("X-Device-Info")
struct DeviceInfoRulesTests {
    private static let required =
        #""model":"m","version":"1","osName":"Linux","osVersion":"6","connectionType":"LAN""#

    @Test(
        "what is as documented passes",
        arguments: [
            "{\(required)}",
            #"{\#(required),"primaryHardwareType":"SetTopBox","osFamily":"Linux","osVendor":"Sony"}"#,
            #"{\#(required),"connectionSecure":true,"displayWidth":1920,"applicationId":"x"}"#,
            #"{\#(required),"connectionSecure":"false"}"#,
        ])
    func passes(_ json: String) throws {
        try DeviceInfoRules.check(Self.base64(json))
    }

    @Test(
        "what is not as documented is refused with the key that is wrong",
        arguments: [
            ("[]", "object"), ("{", "not JSON"), ("{}", "model"), (#"{"model":"m"}"#, "version"),
            (#"{"model":"","version":"1","osName":"Linux","osVersion":"6","connectionType":"LAN"}"#, "model"),
            (#"{"model":"m","version":"1","osName":"Plan 9","osVersion":"6","connectionType":"LAN"}"#, "osName"),
            (#"{\#(required),"primaryHardwareType":"Toaster"}"#, "primaryHardwareType"),
            (#"{\#(required),"osFamily":"linux"}"#, "osFamily"), (#"{\#(required),"osVendor":"Acme"}"#, "osVendor"),
            (#"{\#(required),"connectionSecure":"yes"}"#, "connectionSecure"),
            (#"{\#(required),"colour":"red"}"#, "colour"), (#"{\#(required),"vendor":{}}"#, "vendor"),
            (#"{\#(required),"model":"n"}"#, "not JSON"),
        ])
    func refused(_ json: String, _ key: String) throws {
        let refusal = #expect(throws: Refusal.self) { try DeviceInfoRules.check(Self.base64(json)) }
        #expect(refusal?.error == "invalid_request")
        #expect(refusal?.violation?.contains(key) == true)
    }

    @Test(
        "only padded standard base64 on one line is decoded",
        arguments: ["e30", "e30=\n", "e3 0=", "e31=", "e-_=", "====", "e===", "=30e", "é30="])
    func notBase64(_ text: String) {
        #expect(Base64.decode(text) == nil)
        #expect(throws: Refusal.self) { try DeviceInfoRules.check(text) }
    }

    @Test("base64 of random bytes decodes to them", arguments: 0..<200)
    func roundTrip(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let bytes = (0..<Int.random(in: 0...50, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
        #expect(Base64.decode(Self.base64(bytes)) == bytes)
    }

    private static func base64(_ json: String) -> String {
        base64(Array(json.utf8))
    }

    private static func base64(_ bytes: [UInt8]) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        return stride(from: 0, to: bytes.count, by: 3).map { start in
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            let characters = [18, 12, 6, 0].map { alphabet[bits >> $0 & 63] }
            return String(characters.prefix(group.count + 1)) + String(repeating: "=", count: 3 - group.count)
        }.joined()
    }
}
