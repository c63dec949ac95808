import Testing

@Suite struct SectionProblemTests {
    private static let keys =
        "expected one of environment, server, proxy, ca_file, user_agent, device_info, renewal, startup, limits, "
        + "budget, credential_socket, audit, log_level, profiles"
    private static let connections = "expected a whole number from 1 to 65536"
    private static let levels = "expected one of trace, debug, info, notice, warning, error, critical"

    @Test(
        "an unknown key is refused with the nearest known one",
        arguments: [
            ProblemRow("zebra: 1", "1:1: unknown key \"zebra\"; \(keys)"),
            ProblemRow("usr_agent: x", "1:1: unknown key \"usr_agent\"; \(keys); did you mean \"user_agent\"?"),
            ProblemRow("logLevel: info", "1:1: unknown key \"logLevel\"; \(keys); did you mean \"log_level\"?"),
            ProblemRow("CA_FILE: /x", "1:1: unknown key \"CA_FILE\"; \(keys); did you mean \"ca_file\"?"),
            ProblemRow("dev: x", "1:1: unknown key \"dev\"; \(keys); did you mean \"device_info\"?"),
            ProblemRow(
                "startup:\n  # seconds\n  wiat: 5",
                "3:3: unknown key \"wiat\" in startup; expected wait; did you mean \"wait\"?"),
            ProblemRow(
                "renewal: {at: 0.5, jiter: 0}",
                "1:20: unknown key \"jiter\" in renewal; expected one of at, jitter; did you mean \"jitter\"?"),
        ])
    func unknownKey(row: ProblemRow) {
        row.check()
    }

    @Test(
        "a number of the wrong type or out of range is refused",
        arguments: [
            ProblemRow("limits: 5", "1:9: limits is 5; expected a mapping (key: value)"),
            ProblemRow("limits: {connections: 0}", "1:23: limits.connections is 0; \(connections)"),
            ProblemRow("limits: {connections: 65537}", "1:23: limits.connections is 65537; \(connections)"),
            ProblemRow("limits: {connections: -1}", "1:23: limits.connections is -1; \(connections)"),
            ProblemRow("limits: {connections: \"5\"}", "1:23: limits.connections is the text \"5\"; \(connections)"),
            ProblemRow("limits: {connections: 5.0}", "1:23: limits.connections is 5.0; \(connections)"),
            ProblemRow("limits: {connections: 0x10}", "1:23: limits.connections is 0x10; \(connections)"),
            ProblemRow("limits: {connections: 010}", "1:23: limits.connections is 010; \(connections)"),
            ProblemRow("limits: {connections: 1_000}", "1:23: limits.connections is 1_000; \(connections)"),
            ProblemRow("limits: {connections: 1e3}", "1:23: limits.connections is 1e3; \(connections)"),
            ProblemRow(
                "limits: {connections: 99999999999999999999}",
                "1:23: limits.connections is 99999999999999999999; \(connections)"),
            ProblemRow("limits: {connections: many}", "1:23: limits.connections is \"many\"; \(connections)"),
            ProblemRow("limits:\n  connections:\n", "2:15: limits.connections is empty; \(connections)"),
            ProblemRow("limits: {connections: [1]}", "1:23: limits.connections is a list; \(connections)"),
            ProblemRow("limits: {connections: {a: 1}}", "1:23: limits.connections is a mapping; \(connections)"),
            ProblemRow(
                "limits: {connections_per_user: 65537, line_timeout: 301, request_bytes: 10239}",
                "1:32: limits.connections_per_user is 65537; \(connections)",
                "1:53: limits.line_timeout is 301; expected a whole number from 1 to 300",
                "1:73: limits.request_bytes is 10239; expected a whole number from 10240 to 1048576"),
            ProblemRow("startup: {wait: 61}", "1:17: startup.wait is 61; expected a whole number from 0 to 60"),
            ProblemRow("startup: {wait: 1.5}", "1:17: startup.wait is 1.5; expected a whole number from 0 to 60"),
            ProblemRow(
                "budget: {rate: 0, burst: 11}",
                "1:16: budget.rate is 0; expected a number from 0.001 to 10.0",
                "1:26: budget.burst is 11; expected a whole number from 1 to 10"),
            ProblemRow("renewal: {at: 0.96}", "1:15: renewal.at is 0.96; expected a number from 0.1 to 0.95"),
            ProblemRow("renewal: {at: .nan}", "1:15: renewal.at is .nan; expected a number from 0.1 to 0.95"),
            ProblemRow(
                "renewal: {at: \"0.5\"}", "1:15: renewal.at is the text \"0.5\"; expected a number from 0.1 to 0.95"),
            ProblemRow("renewal: {jitter: .3}", "1:19: renewal.jitter is .3; expected a number from 0.0 to 0.2"),
            ProblemRow(
                "renewal: {at: 0.9, jitter: 0.1}",
                "1:10: renewal has at 0.9 and jitter 0.1, together 1.0; expected at most 0.98 together"),
            ProblemRow(
                "renewal: {at: 0.94}",
                "1:10: renewal has at 0.94 and jitter 0.05, together 0.99; expected at most 0.98 together"),
        ])
    func number(row: ProblemRow) {
        row.check()
    }

    @Test(
        "a word that is none of the choices is refused",
        arguments: [
            ProblemRow("audit: yes", "1:8: audit is \"yes\"; expected true or false"),
            ProblemRow("audit: \"true\"", "1:8: audit is the text \"true\"; expected true or false"),
            ProblemRow("audit: 1", "1:8: audit is 1; expected true or false"),
            ProblemRow("audit:", "1:7: audit is empty; expected true or false"),
            ProblemRow("log_level: warn", "1:12: log_level is \"warn\"; \(levels); did you mean \"warning\"?"),
            ProblemRow("log_level: 5", "1:12: log_level is 5; \(levels)"),
            ProblemRow("log_level: [info]", "1:12: log_level is a list; \(levels)"),
            ProblemRow(
                "credential_socket: {on_failure: emtpy}",
                "1:33: credential_socket.on_failure is \"emtpy\"; expected fail or empty; did you mean \"empty\"?"),
            ProblemRow(
                "environment: prod",
                "1:14: environment is \"prod\"; expected one of production, prequalification, staging, "
                    + "prequalification-staging; did you mean \"production\"?"),
        ])
    func word(row: ProblemRow) {
        row.check()
    }

    @Test(
        "a path or a header value that cannot be used is refused",
        arguments: [
            ProblemRow("ca_file: roots.pem", "1:10: ca_file is \"roots.pem\"; expected an absolute path of a file"),
            ProblemRow("ca_file: /etc/", "1:10: ca_file is \"/etc/\"; expected an absolute path of a file"),
            ProblemRow("ca_file: \"/a\\0\"", "1:10: ca_file is \"/a\\u{0}\"; expected an absolute path of a file"),
            ProblemRow(
                "user_agent: \"a\\nb\"", "1:13: user_agent is \"a\\nb\"; expected 1 to 256 printable ASCII characters"),
            ProblemRow(
                "user_agent: 5", "1:13: user_agent is 5; expected 1 to 256 printable ASCII characters, in quotes"),
            ProblemRow("user_agent: ''", "1:13: user_agent is \"\"; expected 1 to 256 printable ASCII characters"),
            ProblemRow(
                "device_info: {model: , osName: linux, connectionSecure: yes}",
                "1:22: device_info.model is empty; expected text",
                "1:32: device_info.osName is \"linux\"; expected one of Android, Chrome OS, Linux, Mac OS, OS X, "
                    + "OpenBSD, Roku OS, Windows, iOS, tvOS, webOS; did you mean \"Linux\"?",
                "1:57: device_info.connectionSecure is \"yes\"; expected true or false"),
            ProblemRow(
                "device_info: {osname: Linux, primaryHardwareType: SettopBox}",
                "1:15: unknown key \"osname\" in device_info; expected a key of X-Device-Info; did you mean \"osName\"?",
                "1:51: device_info.primaryHardwareType is \"SettopBox\"; expected one of its 18 values; "
                    + "did you mean \"SetTopBox\"?"),
            ProblemRow("device_info: [a]", "1:14: device_info is a list; expected a mapping (key: value)"),
        ])
    func text(row: ProblemRow) {
        row.check()
    }
}
