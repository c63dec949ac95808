import Logging
import Testing

@testable import BearerSystemd

@Suite struct LineFormatTests {
    private func line(
        _ message: String, _ fields: LogEntry.Field..., level: Logger.Level = .info, colours: Bool = false
    ) -> String {
        let entry = LogEntry(
            time: .seconds(1_700_000_000) + .milliseconds(7), level: level, message: message, messageID: "0123",
            fields: fields)
        return LineFormat.line(for: entry, colours: colours)
    }

    @Test("a line is time, level, message and metadata, without the message id")
    func plain() {
        #expect(
            line("token renewed", .init("profile", "default"), .init("expires_in", "69120"))
                == "2023-11-14T22:13:20.007Z info     token renewed profile=default expires_in=69120\n")
        #expect(line("m", level: .critical) == "2023-11-14T22:13:20.007Z critical m\n")
    }

    static let values = [
        ("plain", "plain"), ("", "\"\""), ("two words", "\"two words\""), ("a=b", "\"a=b\""),
        ("say \"hi\"", #""say \"hi\"""#), ("line\nbreak", #"line\nbreak"#), ("tab\tcr\r", #"tab\tcr\r"#),
        ("\u{1B}[31m", #"\u{1b}[31m"#), ("nul\0", #"nul\u{0}"#), ("\u{202E}evil", #"\u{202e}evil"#),
        ("\u{2028}", #"\u{2028}"#), ("ü🔑", "ü🔑"), ("a\r\nb", #"a\r\nb"#),
    ]

    @Test("a value can neither forge a line nor steer a terminal", arguments: values)
    func value(value: String, expected: String) {
        #expect(line("m", .init("k", value)).hasSuffix(" m k=\(expected)\n"))
        #expect(
            !line("a\n\u{1B}\(value)").dropLast().unicodeScalars.contains { $0.properties.generalCategory == .control })
    }

    @Test("colours surround the parts and are reset")
    func colours() {
        #expect(
            line("m", .init("k", "v"), level: .error, colours: true)
                == "\u{1B}[2m2023-11-14T22:13:20.007Z\u{1B}[0m \u{1B}[31merror\u{1B}[0m    m\u{1B}[2m k=v\u{1B}[0m\n")
    }

    static let times: [(Duration, String)] = [
        (.zero, "1970-01-01T00:00:00.000Z"),
        (.seconds(951_782_399) + .milliseconds(999), "2000-02-28T23:59:59.999Z"),
        (.seconds(951_782_400), "2000-02-29T00:00:00.000Z"),
        (.seconds(4_102_444_800), "2100-01-01T00:00:00.000Z"),
    ]

    @Test("times are UTC with milliseconds", arguments: times)
    func timestamp(time: Duration, expected: String) {
        #expect(LineFormat.timestamp(time) == expected)
    }
}
