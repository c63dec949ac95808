@testable import BearerConfiguration

/// A configuration that is taken is the same when it is printed and read again; problems are lines that can be read.
func fuzzConfiguration(_ input: [UInt8]) {
    guard let configuration = read(input) else { return }
    let text = configuration.effectiveDescription
    require(read(Array(text.utf8)) == configuration, "a configuration stays the same:\n\(text)")
}

private func read(_ bytes: [UInt8]) -> Configuration? {
    attempt {
        () throws(ConfigurationError) in
        try Configuration(yaml: Configuration.text(of: bytes, file: "file"), file: "file")
    } onError: { error in
        let lines = error.description.split(separator: "\n", omittingEmptySubsequences: false)
        require(lines.allSatisfy { isFitForMessages(String($0)) }, "no control characters in an error")
        require(lines.count <= 51 && lines.allSatisfy { $0.hasPrefix("file:") }, "a line a problem")
    }
}
