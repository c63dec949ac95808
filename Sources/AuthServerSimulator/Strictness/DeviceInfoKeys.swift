/// The keys of `X-Device-Info` and the values that the closed ones may have.
///
/// Adobe Pass Authentication, "X-Device-Info" page. Written down here a second time, independently of the client's, so
/// that the client is not checked against itself.
enum DeviceInfoKeys {
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
