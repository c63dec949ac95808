import Testing

@testable import BearerConfiguration

@Suite struct YAMLScalarTests {
    private static let scalars: [(String, YAMLScalar)] = [
        ("", .null), ("~", .null), ("null", .null), ("NULL", .null), ("nUll", .text),
        ("true", .boolean(true)), ("False", .boolean(false)), ("yes", .text), ("on", .text), ("y", .text),
        ("0", .integer(0)), ("-0", .integer(0)), ("+5", .integer(5)), ("-12", .integer(-12)),
        ("1.5", .number(1.5)), (".5", .number(0.5)), ("1.", .number(1)), ("1e3", .number(1000)),
        ("1E-2", .number(0.01)), ("99999999999999999999", .number(1e20)),
        ("010", .oddNumber), ("0x1F", .oddNumber), ("0o17", .oddNumber), ("0b1", .oddNumber),
        ("1_000", .oddNumber), (".inf", .oddNumber), ("-.INF", .oddNumber), (".nan", .oddNumber),
        ("1e999", .oddNumber), ("1.2.3", .text), ("--5", .text), ("-", .text), (".", .text), ("e5", .text),
        ("0beta", .text), ("5x", .text), ("5 6", .text), ("nan", .text), ("inf", .text), ("0x1p3", .text),
        ("٣", .text),
    ]

    @Test("a scalar without quotes stands for what YAML 1.2 says", arguments: scalars)
    func plain(text: String, scalar: YAMLScalar) {
        #expect(YAMLScalar(plain: text) == scalar)
    }
}
