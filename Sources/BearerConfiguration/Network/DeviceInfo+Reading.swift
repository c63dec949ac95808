internal import BearerCore

extension ConfigurationValue {
    /// The values of `device_info` that are valid. Numbers and booleans need no quotes: they are taken as written.
    func deviceInfo() -> [String: String] {
        var info: [String: String] = [:]
        for entry in entries() ?? [] {
            guard let value = entry.value.verbatim ?? (DeviceInfoSchema.keys.contains(entry.key) ? nil : "") else {
                entry.value.refuse(expected: "text")
                continue
            }
            if let problem = DeviceInfoSchema.validate(key: entry.key, value: value) {
                entry.report(problem, value: value)
            } else {
                info[entry.key] = value
            }
        }
        return info
    }
}

extension ConfigurationValue.Entry {
    fileprivate func report(_ problem: DeviceInfoProblem, value written: String) {
        switch problem {
        case .unknownKey:
            value.problems.report(
                at: position,
                found: "unknown key \(Quotation.quoted(key)) in device_info",
                expected: problem.expectation,
                suggestion: Spelling.nearest(to: key, among: DeviceInfoSchema.keys))
        case .notListed(let allowed):
            value.refuse(
                expected: problem.expectation, suggestion: Spelling.nearest(to: written, among: allowed))
        case .empty, .controlCharacter, .tooLong:
            value.refuse(expected: problem.expectation)
        }
    }
}
