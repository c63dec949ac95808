import BearerCore
import BearerJSON
import TestSupport
import Testing

@testable import BearerUpstream

@Suite("X-Device-Info")
struct DeviceInfoTests {
    private static let kernel = KernelFacts(architecture: "riscv64", release: "6.1.0-37")

    private let root = TemporaryDirectory()

    /// What a machine with these files is described as.
    private func info(_ files: [String: String] = [:], overrides: [String: String] = [:]) -> DeviceInfo {
        for (path, content) in files { root.write(content.utf8, to: path) }
        return DeviceInfo(overrides: overrides, root: root.path, kernel: Self.kernel)
    }

    @Test("the firmware and the distribution describe the machine")
    func described() {
        let info = info([
            "sys/class/dmi/id/product_name": "NUC13ANHi5\n", "sys/class/dmi/id/product_version": " M89902-203 \n",
            "sys/class/dmi/id/sys_vendor": "Intel(R) Client Systems\n",
            "etc/os-release": "ID=debian\nVERSION_ID=\"12\"\n",
        ])
        #expect(
            info.members == [
                "primaryHardwareType": "Unknown", "model": "NUC13ANHi5", "version": "M89902-203",
                "manufacturer": "Intel(R) Client Systems", "osName": "Linux", "osFamily": "Linux", "osVersion": "12",
                "connectionType": "LAN",
            ])
    }

    @Test("without any of it, the kernel does")
    func bare() {
        #expect(
            info().members == [
                "primaryHardwareType": "Unknown", "model": "riscv64", "version": "riscv64", "osName": "Linux",
                "osFamily": "Linux", "osVersion": "6.1.0-37", "connectionType": "LAN",
            ])
    }

    @Test(
        "what says nothing counts as missing",
        arguments: [
            "", " \n", "To Be Filled By O.E.M.", "Default string\n", "a\u{1}b", String(repeating: "a", count: 129),
        ])
    func meaningless(content: String) {
        let members = info(["sys/class/dmi/id/product_name": content, "sys/class/dmi/id/sys_vendor": content]).members
        #expect(members["model"] == "riscv64")
        #expect(members["manufacturer"] == nil)
    }

    @Test("os-release is also looked for in /usr/lib")
    func secondPlace() {
        #expect(info(["usr/lib/os-release": "VERSION_ID=41\n"]).members["osVersion"] == "41")
    }

    @Test("what the operator configures wins")
    func overrides() {
        let info = info(overrides: ["model": "Box 7", "vendor": "Acme", "connectionType": "WiFi"])
        #expect(info.members["model"] == "Box 7")
        #expect(info.members["vendor"] == "Acme")
        #expect(info.members["connectionType"] == "WiFi")
        #expect(info.members["osName"] == "Linux")
    }

    @Test("the header is base64 on one line of an object with sorted keys")
    func header() {
        let info = info(overrides: ["model": #"a "b" ä"#])
        let json =
            #"{"connectionType":"LAN","model":"a \"b\" ä","osFamily":"Linux","osName":"Linux","#
            + #""osVersion":"6.1.0-37","primaryHardwareType":"Unknown","version":"riscv64"}"#
        #expect(info.headerValue == Base64.encode(Array(json.utf8)))
    }

    @Test("this very machine has all that is required, and satisfies the schema")
    func thisMachine() {
        let members = DeviceInfo().members
        let required = ["model", "version", "osName", "osVersion", "connectionType"]
        for key in required { #expect(members[key] != nil, "\(key)") }
        for (key, value) in members { #expect(DeviceInfoSchema.validate(key: key, value: value) == nil, "\(key)") }
    }
}
