extension Configuration {
    /// Reads and checks a configuration file: a regular file of at most 1 MiB, in UTF-8.
    ///
    /// - Parameter mayBeMissing: a file that does not exist means the defaults, as at the standard place; otherwise it
    ///   is an error, as where somebody named it.
    package static func load(path: String, mayBeMissing: Bool = false) throws(ConfigurationError) -> Configuration {
        let bytes: [UInt8]
        do {
            bytes = try ConfigurationFile.bytes(of: path)
        } catch {
            if error.isMissing, mayBeMissing { return Configuration() }
            throw problem(in: path, found: error.found, expected: error.expected)
        }
        return try Configuration(yaml: text(of: bytes, file: path), file: path)
    }

    /// UTF-8, with or without a byte order mark.
    static func text(of bytes: [UInt8], file: String) throws(ConfigurationError) -> String {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let bytes = bytes.starts(with: mark) ? bytes.dropFirst(mark.count) : bytes[...]
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        let repaired = String(decoding: bytes, as: UTF8.self)
        let sound = zip(bytes, repaired.utf8).prefix { $0 == $1 }.count
        let index = repaired.utf8.index(repaired.utf8.startIndex, offsetBy: sound)
        throw problem(
            in: file, at: TextPosition(of: index, in: repaired), found: "bytes that are not UTF-8", expected: "UTF-8")
    }

    private static func problem(
        in file: String, at position: TextPosition? = nil, found: String, expected: String
    ) -> ConfigurationError {
        let problem = ConfigurationProblem(position: position, found: found, expected: expected, suggestion: nil)
        return ConfigurationError(file: file, problems: [problem])
    }
}
