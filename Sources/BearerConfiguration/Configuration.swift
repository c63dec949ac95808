internal import BearerCore
internal import Glibc

/// The configuration of the daemon: the file `bearerd.yaml`, checked and with its defaults filled in.
///
/// Without a file there is one profile, `default`, for the production environment, with the software statement from the
/// systemd credential `software_statement`.
package struct Configuration: Sendable, Equatable {
    /// What is set for all profiles. Each profile has its own copy, with its changes.
    package var upstream = UpstreamSection()
    package var proxy: ProxyAddress?
    /// An absolute path; nil for the system's certification authorities.
    package var caFile: String?
    package var startup = StartupConfiguration()
    package var limits = LimitsConfiguration()
    package var budget = BudgetConfiguration()
    package var credentialSocket = CredentialSocketConfiguration()
    /// Whether the first time a user or unit is given a token of a generation is logged.
    package var audit = false
    package var logLevel = LogLevel.info
    /// 1–1000, in the order of the file; the names differ.
    package var profiles = [ProfileConfiguration(name: ProfileName.standard)]

    package init() {}
}

/// How much is logged. The names are those of swift-log.
package enum LogLevel: String, Sendable, CaseIterable {
    case trace, debug, info, notice, warning, error, critical
}

/// The keys at the top of the file.
private enum Key: String, CaseIterable {
    case environment
    case server
    case proxy
    case caFile = "ca_file"
    case userAgent = "user_agent"
    case deviceInfo = "device_info"
    case renewal
    case startup
    case limits
    case budget
    case credentialSocket = "credential_socket"
    case audit
    case logLevel = "log_level"
    case profiles
}

extension Configuration {
    /// Reads and checks the text of a configuration file.
    ///
    /// - Parameter file: the name that the messages give it.
    /// - Throws: everything that is wrong with it, not only the first.
    package init(yaml: String, file: String) throws(ConfigurationError) {
        let problems = ConfigurationProblems()
        let root = YAMLReader.root(of: yaml, problems: problems)
        self.init(root.map { ConfigurationValue(node: $0, path: "", problems: problems) })
        try problems.throwIfAny(in: file)
    }

    private init(_ value: ConfigurationValue?) {
        let section = ConfigurationSection<Key>(value)
        upstream.override(from: section)
        proxy = section[.proxy]?.text(expected: ProxyAddress.expectation, ProxyAddress.init)
        caFile = section[.caFile]?.text(expected: AbsolutePath.expectation, AbsolutePath.checked)
        startup = StartupConfiguration(section[.startup])
        limits = LimitsConfiguration(section[.limits])
        budget = BudgetConfiguration(section[.budget])
        credentialSocket = CredentialSocketConfiguration(section[.credentialSocket])
        audit = section[.audit]?.boolean() ?? audit
        logLevel = section[.logLevel]?.choice() ?? logLevel
        if let value = section[.profiles] {
            profiles = Self.profiles(value, inheriting: upstream)
        } else {
            profiles = [ProfileConfiguration(name: ProfileName.standard, upstream: upstream)]
        }
    }

    private static let maximumProfiles = 1000

    private static let nameExpectation = "1 to 32 of a-z, 0-9, '.' and '-', the first a letter or digit"

    private static func profiles(
        _ value: ConfigurationValue, inheriting upstream: UpstreamSection
    ) -> [ProfileConfiguration] {
        let expectation = "1 to \(maximumProfiles) profiles (name: settings)"
        guard let entries = value.entries(expected: expectation) else { return [] }
        if !(1...maximumProfiles).contains(entries.count) {
            value.report(found: "has \(entries.count) profiles", expected: expectation)
        }
        return entries.map { entry in
            if !ProfileName.isValid(entry.key.utf8) {
                value.problems.report(
                    at: entry.position,
                    found: "the profile name \(Quotation.quoted(entry.key))",
                    expected: nameExpectation)
            }
            return ProfileConfiguration(name: entry.key, entry.value, inheriting: upstream)
        }
    }

    /// The configuration as YAML, with all defaults and with all that each profile takes over. Read again, it gives the
    /// same configuration. Holds no secret.
    package var effectiveDescription: String {
        var writer = YAMLWriter()
        upstream.write(to: &writer)
        if let proxy { writer.entry(Key.proxy.rawValue, proxy.description) }
        if let caFile {
            writer.entry(Key.caFile.rawValue, caFile)
        } else {
            writer.comment("ca_file: the system's certification authorities")
        }
        startup.write(to: &writer)
        limits.write(to: &writer)
        budget.write(to: &writer)
        credentialSocket.write(to: &writer)
        writer.entry(Key.audit.rawValue, audit)
        writer.entry(Key.logLevel.rawValue, logLevel.rawValue)
        writer.section(Key.profiles.rawValue) { writer in
            for profile in profiles {
                writer.section(profile.name) { profile.write(to: &$0) }
            }
        }
        return writer.text
    }
}

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

/// Reads the bytes of a configuration file.
private enum ConfigurationFile {
    /// 1 MiB
    private static let maximumBytes = 1 << 20

    struct ReadError: Error {
        var isMissing = false
        let found: String
        let expected: String
    }

    /// A regular file of at most ``maximumBytes``.
    static func bytes(of path: String) throws(ReadError) -> [UInt8] {
        // Without O_NONBLOCK, opening a FIFO that nobody writes to would not return.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw failure(errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure(errno) }
        switch status.st_mode & S_IFMT {
        case S_IFREG: return try bytes(from: descriptor)
        case S_IFDIR: throw ReadError(found: "a directory", expected: "a file")
        default: throw ReadError(found: "neither a file nor a directory", expected: "a file")
        }
    }

    private static func bytes(from descriptor: Int32) throws(ReadError) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure(errno) }
            guard count > 0 else { return bytes }
            bytes += chunk[..<count]
            guard bytes.count <= maximumBytes else {
                throw ReadError(found: "more than 1 MiB", expected: "at most 1 MiB")
            }
        }
    }

    private static func failure(_ code: Int32) -> ReadError {
        if code == ENOENT {
            return ReadError(isMissing: true, found: "no such file", expected: "a configuration file")
        }
        return ReadError(
            found: "cannot be read: \(String(cString: strerror(code)))",
            expected: "a file that the daemon's user may read")
    }
}

/// Everything that is wrong with a configuration, in the order of the file.
package struct ConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The file, as it was named.
    package let file: String
    /// At least one.
    package let problems: [ConfigurationProblem]

    private static let maximumShown = 50

    /// One line per problem, `file:line:column: what was found; what is expected`. After 50 the rest are only counted.
    package var description: String {
        var lines = problems.prefix(Self.maximumShown).map { problem in
            let place = problem.position.map { ":\($0.line):\($0.column)" } ?? ""
            return "\(file)\(place): \(problem.message)"
        }
        if problems.count > Self.maximumShown {
            lines.append("\(file): \(problems.count - Self.maximumShown) more")
        }
        return lines.joined(separator: "\n")
    }
}

/// One thing that is wrong with a configuration.
package struct ConfigurationProblem: Sendable, Equatable {
    /// Nil if it is about the file as a whole.
    let position: TextPosition?
    let found: String
    let expected: String
    let suggestion: String?

    /// What was found and what is expected. Holds no secret: long values and URLs are not repeated.
    var message: String {
        "\(found); expected \(expected)" + (suggestion.map { "; did you mean \"\($0)\"?" } ?? "")
    }
}

/// Collects what is wrong while a configuration is read, so that all of it can be said at once.
final class ConfigurationProblems {
    private var collected: [ConfigurationProblem] = []

    func report(at position: TextPosition?, found: String, expected: String, suggestion: String? = nil) {
        collected.append(
            ConfigurationProblem(position: position, found: found, expected: expected, suggestion: suggestion))
    }

    /// Throws what was collected, if anything was; in the order of the file, each once.
    func throwIfAny(in file: String) throws(ConfigurationError) {
        guard !collected.isEmpty else { return }
        let start = TextPosition(line: 0, column: 0)
        var problems: [ConfigurationProblem] = []
        for problem in collected.sorted(by: { ($0.position ?? start) < ($1.position ?? start) })
        where problem != problems.last {
            problems.append(problem)
        }
        throw ConfigurationError(file: file, problems: problems)
    }
}
