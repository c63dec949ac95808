/// What the `X-Device-Info` header may hold: the keys, and for some of them the closed list of values.
///
/// Adobe Pass Authentication, REST API V2, "Header - X-Device-Info". All values are JSON strings.
package enum DeviceInfoSchema {
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
    package static let maximumValueLength = 512

    /// What is wrong with `value` for `key`; nil if nothing is.
    package static func validate(key: String, value: String) -> DeviceInfoProblem? {
        guard keys.contains(key) else { return .unknownKey }
        if let allowed = closedLists[key] {
            return allowed.contains(value) ? nil : .notListed(allowed)
        }
        if value.allSatisfy(\.isWhitespace) { return .empty }
        if value.utf8.count > maximumValueLength { return .tooLong }
        if value.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
            return .controlCharacter
        }
        return nil
    }

    /// The values of the restricted keys.
    private static let closedLists: [String: [String]] = [
        "primaryHardwareType": [
            "Camera", "DataCollectionTerminal", "Desktop", "EmbeddedNetworkModule", "eReader", "GamesConsole",
            "GeolocationTracker", "Glasses", "MediaPlayer", "MobilePhone", "PaymentTerminal", "PluginModem",
            "SetTopBox", "TV", "Tablet", "WirelessHotspot", "Wristwatch", "Unknown",
        ],
        "osName": [
            "Android", "Chrome OS", "Linux", "Mac OS", "OS X", "OpenBSD", "Roku OS", "Windows", "iOS", "tvOS", "webOS",
        ],
        "osFamily": [
            "Android", "BSD", "Linux", "PlayStation OS", "Roku OS", "Symbian", "Tizen", "Windows", "iOS", "tvOS",
            "macOS", "webOS",
        ],
        "osVendor": [
            "Amazon", "Apple", "Google", "LG", "Microsoft", "Mozilla", "Nintendo", "Nokia", "Roku", "Samsung", "Sony",
            "Tizen Project",
        ],
        "browserName": [
            "Android Browser", "Chrome", "Edge", "Firefox", "Internet Explorer", "Opera", "Safari", "SeaMonkey",
            "Symbian Browser",
        ],
        "browserVendor": [
            "Amazon", "Apple", "Google", "Microsoft", "Motorola", "Mozilla", "Netscape", "Nintendo", "Nokia",
            "Samsung", "Sony Ericsson",
        ],
        "connectionSecure": ["true", "false"],
    ]
}

/// Why a key or a value may not go into the `X-Device-Info` header.
package enum DeviceInfoProblem: Error, Sendable, Equatable {
    /// The documentation has no such key.
    case unknownKey
    /// The value is not one of the closed list, which comes with it.
    case notListed([String])
    case empty
    case controlCharacter
    /// Longer than ``DeviceInfoSchema/maximumValueLength``.
    case tooLong

    /// What belongs there instead, for people: goes after "expected".
    package var expectation: String {
        switch self {
        case .unknownKey: "one of " + DeviceInfoSchema.keys.joined(separator: ", ")
        case .notListed(let allowed): (allowed.count > 2 ? "one of " : "") + Self.alternatives(allowed)
        case .empty: "text that is not empty"
        case .controlCharacter: "text without control characters"
        case .tooLong: "at most \(DeviceInfoSchema.maximumValueLength) bytes of UTF-8"
        }
    }

    private static func alternatives(_ values: [String]) -> String {
        values.joined(separator: values.count > 2 ? ", " : " or ")
    }
}
