/// Why a key or a value may not go into the `X-Device-Info` header.
package enum DeviceInfoProblem: Error, Sendable, Equatable {
    /// The documentation has no such key.
    case unknownKey
    /// The value is not one of the closed list, which comes with it.
    case notListed([String])
    case empty
    case controlCharacter
    /// Longer than ``DeviceInfoSchema/longestValue``.
    case tooLong

    /// What belongs there instead, for people: goes after "expected".
    package var expectation: String {
        switch self {
        case .unknownKey: "one of " + DeviceInfoSchema.keys.joined(separator: ", ")
        case .notListed(let allowed): (allowed.count > 2 ? "one of " : "") + Self.alternatives(allowed)
        case .empty: "text that is not empty"
        case .controlCharacter: "text without control characters"
        case .tooLong: "at most \(DeviceInfoSchema.longestValue) bytes of UTF-8"
        }
    }

    private static func alternatives(_ values: [String]) -> String {
        values.joined(separator: values.count > 2 ? ", " : " or ")
    }
}
