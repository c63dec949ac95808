/// What the `X-Device-Info` header may hold: the keys, and for some of them the closed list of values.
///
/// Adobe Pass Authentication, REST API V2, "Header - X-Device-Info". All values are JSON strings.
package enum DeviceInfoSchema {
    /// The keys without which the header is refused, in the documentation's order.
    package static let requiredKeys = ["model", "version", "osName", "osVersion", "connectionType"]

    /// Every key, in the documentation's order.
    package static let keys = [
        "primaryHardwareType", "model", "version", "manufacturer", "vendor",
        "osName", "osFamily", "osVendor", "osVersion",
        "browserName", "browserVendor", "browserVersion", "userAgent",
        "displayWidth", "displayHeight", "displayPpi", "diagonalScreenSize",
        "connectionIp", "connectionPort", "connectionType", "connectionSecure",
        "applicationId",
    ]

    /// The longest value that is taken, in bytes of UTF-8: the header has to stay a header.
    package static let longestValue = 512

    /// The values that `key` may have; nil where the value is free.
    package static func allowedValues(for key: String) -> [String]? {
        closedLists[key]
    }

    /// What is wrong with `value` for `key`; nil if nothing is.
    package static func validate(key: String, value: String) -> DeviceInfoProblem? {
        guard keys.contains(key) else { return .unknownKey }
        if let allowed = closedLists[key] {
            return allowed.contains(value) ? nil : .notListed(allowed)
        }
        if value.allSatisfy(\.isWhitespace) { return .empty }
        if value.utf8.count > longestValue { return .tooLong }
        if value.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
            return .controlCharacter
        }
        return nil
    }
}
