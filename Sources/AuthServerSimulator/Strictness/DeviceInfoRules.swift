internal import BearerJSON

/// The rules for the value of `X-Device-Info`.
enum DeviceInfoRules {
    static func check(_ value: String) throws(Refusal) {
        guard let bytes = Base64.decode(value) else {
            throw .malformed("X-Device-Info is not base64 (standard alphabet, padded, one line)")
        }
        try check(members: JSONObject(strictly: bytes, in: "X-Device-Info"))
    }

    private static func check(members: JSONObject) throws(Refusal) {
        for key in DeviceInfoKeys.required where members[key] == nil {
            throw .malformed("X-Device-Info lacks “\(key)”")
        }
        for key in members.keys {
            guard DeviceInfoKeys.all.contains(key) else { throw .malformed("X-Device-Info has an unknown “\(key)”") }
            guard let text = text(of: members[key]), !text.isEmpty else {
                throw .malformed("X-Device-Info: “\(key)” has no value, expected a string")
            }
            if let allowed = DeviceInfoKeys.closedLists[key], !allowed.contains(text) {
                throw .malformed("X-Device-Info: “\(key)” is “\(text)”, which is not in its closed list")
            }
        }
    }

    /// Sizes and `connectionSecure` may come as JSON numbers and booleans, everything may as strings.
    private static func text(of value: JSONValue?) -> String? {
        switch value {
        case .string(let text): text
        case .number(let number): number.text
        case .bool(let bool): String(bool)
        default: nil
        }
    }
}

/// The keys of `X-Device-Info` and the values that the closed ones may have.
///
/// Adobe Pass Authentication, "X-Device-Info" page. Written down here a second time, independently of the client's, so
/// that the client is not checked against itself.
private enum DeviceInfoKeys {
    static let required = ["model", "version", "osName", "osVersion", "connectionType"]

    static let all = Set(required).union(closedLists.keys).union([
        "browserName", "browserVendor", "browserVersion", "manufacturer", "vendor", "userAgent", "displayWidth",
        "displayHeight", "displayPpi", "diagonalScreenSize", "connectionIp", "connectionPort", "applicationId",
    ])

    static let closedLists: [String: Set<String>] = [
        "osName": [
            "Android", "Chrome OS", "Linux", "Mac OS", "OS X", "OpenBSD", "Roku OS", "Windows", "iOS", "tvOS", "webOS",
        ],
        "primaryHardwareType": [
            "Camera", "DataCollectionTerminal", "Desktop", "EmbeddedNetworkModule", "eReader", "GamesConsole",
            "GeolocationTracker", "Glasses", "MediaPlayer", "MobilePhone", "PaymentTerminal", "PluginModem",
            "SetTopBox", "TV", "Tablet", "WirelessHotspot", "Wristwatch", "Unknown",
        ],
        "osFamily": [
            "Android", "BSD", "Linux", "PlayStation OS", "Roku OS", "Symbian", "Tizen", "Windows", "iOS", "tvOS",
            "macOS", "webOS",
        ],
        "osVendor": [
            "Amazon", "Apple", "Google", "LG", "Microsoft", "Mozilla", "Nintendo", "Nokia", "Roku", "Samsung", "Sony",
            "Tizen Project",
        ],
        "connectionSecure": ["true", "false"],
    ]
}
