import Logging
import Testing

@testable import BearerService

@Suite("JournalEvent") struct JournalEventTests {
    @Test("ids are 128 bits in lower-case hexadecimal, and each is used once")
    func ids() {
        let ids = JournalEvent.allCases.map(\.messageID)
        #expect(Set(ids).count == ids.count)
        #expect(ids.allSatisfy { $0.count == 32 && $0.allSatisfy { $0.isHexDigit && !$0.isUppercase } })
    }

    @Test("names are of lower-case words", arguments: JournalEvent.allCases)
    func names(event: JournalEvent) {
        let words = event.rawValue.split(separator: "_", omittingEmptySubsequences: false)
        #expect(words.allSatisfy { !$0.isEmpty && $0.allSatisfy { $0.isLetter && $0.isLowercase && $0.isASCII } })
    }

    @Test("fields are such as journald takes", arguments: JournalField.allCases)
    func fields(field: JournalField) {
        #expect(field.rawValue.allSatisfy { ($0.isLetter && $0.isLowercase && $0.isASCII) || $0 == "_" })
    }

    @Test("an entry carries its event, its id, its level and its fields")
    func entry() throws {
        let capture = JournalCapture()
        for event in JournalEvent.allCases { capture.journal.write(event, "text", [.path: "/p"]) }
        #expect(capture.events == JournalEvent.allCases)
        for (entry, event) in zip(capture.entries, JournalEvent.allCases) {
            #expect(entry.level == event.level && entry.message == "text")
            #expect(entry.fields["message_id"] == event.messageID && entry.fields["path"] == "/p")
        }
    }

    @Test(
        "what keeps a token from being served is an error, a plan that fails a warning",
        arguments: [
            (JournalEvent.tokenExpired, Logger.Level.error), (.profileRefused, .error), (.profileBlocked, .error),
            (.stateNotDurable, .error), (.startFailed, .error), (.renewalFailed, .warning), (.accessDenied, .warning),
            (.credentialRefused, .warning), (.registered, .notice), (.recovered, .notice), (.tokenObtained, .info),
            (.started, .info), (.tokenGiven, .info), (.credentialsExported, .notice),
        ])
    func levels(event: JournalEvent, level: Logger.Level) {
        #expect(event.level == level)
    }
}
