/// The path of a file, as a configuration names it.
enum AbsolutePath {
    static let expectation = "an absolute path of a file"

    /// Absolute, since the daemon's working directory is nothing to rely on; at most PATH_MAX with its end, see
    /// path_resolution(7).
    static func checked(_ text: String) throws(UnfitValue) -> String {
        let hasControl = text.unicodeScalars.contains { $0.properties.generalCategory == .control }
        guard text.hasPrefix("/"), !text.hasSuffix("/"), !hasControl, text.utf8.count < 4096 else {
            throw UnfitValue(expected: expectation)
        }
        return text
    }
}
