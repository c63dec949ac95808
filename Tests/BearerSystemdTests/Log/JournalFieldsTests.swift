import Logging
import Testing

@testable import BearerSystemd

@Suite struct JournalFieldsTests {
    static let names = [
        ("event", "BEARERD_EVENT"), ("peer_uid", "BEARERD_PEER_UID"), ("next-attempt", "BEARERD_NEXT_ATTEMPT"),
        ("a.b c", "BEARERD_A_B_C"), ("_private", "BEARERD__PRIVATE"), ("", "BEARERD_"), ("HTTP2", "BEARERD_HTTP2"),
        ("ä", "BEARERD___"), ("x=y\n", "BEARERD_X_Y_"),
        (String(repeating: "k", count: 80), "BEARERD_" + String(repeating: "K", count: 56)),
    ]

    @Test("a metadata key becomes a field name that journald keeps", arguments: names)
    func name(key: String, expected: String) {
        #expect(JournalFields.name(for: key) == expected)
    }

    @Test(
        "levels are syslog's priorities",
        arguments: zip(Logger.Level.allCases, [7, 7, 6, 5, 4, 3, 2]))
    func priority(level: Logger.Level, expected: Int) {
        #expect(JournalFields.priority(of: level) == expected)
    }

    @Test("an entry becomes one field each, values as they are")
    func fields() {
        let entry = LogEntry(
            time: .zero, level: .warning, message: "two\nlines", messageID: "0123",
            fields: [.init("profile", "a=b\n\u{1B}")])
        let expected = [
            "MESSAGE=two\nlines", "PRIORITY=4", "SYSLOG_IDENTIFIER=bearerd", "MESSAGE_ID=0123",
            "BEARERD_PROFILE=a=b\n\u{1B}",
        ]
        #expect(JournalFields.fields(of: entry).map { String(decoding: $0, as: UTF8.self) } == expected)
    }

    @Test("an entry without an id has no such field")
    func noMessageID() {
        let entry = LogEntry(time: .zero, level: .info, message: "m", fields: [])
        #expect(JournalFields.fields(of: entry).count == 3)
    }
}
