import BearerCore
import Testing

@Suite struct DeviceInfoSchemaTests {
    @Test(
        "a value that fits its key is accepted",
        arguments: [
            ("model", "Model 5"), ("version", "1.2.3"), ("osName", "Linux"), ("osFamily", "BSD"),
            ("osVendor", "Tizen Project"), ("primaryHardwareType", "eReader"), ("connectionType", "Satellite"),
            ("connectionSecure", "true"), ("browserName", "SeaMonkey"), ("browserVendor", "Sony Ericsson"),
            ("applicationId", "Fernsehgerät 📺"), ("userAgent", String(repeating: "a", count: 512)),
        ])
    func accepts(key: String, value: String) {
        #expect(DeviceInfoSchema.validate(key: key, value: value) == nil)
    }

    @Test(
        "a key or a value that does not belong is refused with what does",
        arguments: [
            ("osname", "Linux", "one of primaryHardwareType, model, version, manufacturer, vendor, "),
            ("osName", "linux", "one of Android, Chrome OS, Linux, Mac OS, "),
            ("connectionSecure", "yes", "true or false"),
            ("osVendor", "", "one of Amazon, Apple, "),
            ("model", "", "text that is not empty"),
            ("model", " \t", "text that is not empty"),
            ("model", "a\nb", "text without control characters"),
            ("model", "a\u{0}", "text without control characters"),
            ("userAgent", String(repeating: "ä", count: 257), "at most 512 bytes of UTF-8"),
        ])
    func refuses(key: String, value: String, expectation: String) {
        let problem = DeviceInfoSchema.validate(key: key, value: value)
        #expect(problem?.expectation.hasPrefix(expectation) == true, "\(problem?.expectation ?? "accepted")")
    }

    /// The closed list of a key; nil where its values are free.
    private func closedList(of key: String) -> [String]? {
        if case .notListed(let allowed) = DeviceInfoSchema.validate(key: key, value: "?") { allowed } else { nil }
    }

    @Test("of 22 keys, seven have a closed list")
    func closedLists() {
        #expect(Set(DeviceInfoSchema.keys).count == 22)
        #expect(
            DeviceInfoSchema.keys.filter { closedList(of: $0) != nil } == [
                "primaryHardwareType", "osName", "osFamily", "osVendor", "browserName", "browserVendor",
                "connectionSecure",
            ])
    }

    @Test(
        "what a closed list holds is told as people write it",
        arguments: [(["a"], "a"), (["a", "b"], "a or b"), (["a", "b", "c"], "one of a, b, c")])
    func alternatives(allowed: [String], expectation: String) {
        #expect(DeviceInfoProblem.notListed(allowed).expectation == expectation)
    }

    @Test("every value of a closed list is accepted")
    func closedListsAreAccepted() {
        for key in DeviceInfoSchema.keys {
            for value in closedList(of: key) ?? [] {
                #expect(DeviceInfoSchema.validate(key: key, value: value) == nil)
            }
        }
    }
}
