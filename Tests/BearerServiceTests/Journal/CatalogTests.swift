import BearerSystemd
import Testing

@testable import BearerService

@Suite("The message catalog")
struct CatalogTests {
    private let entries = MessageCatalog().entries

    @Test("has an entry for every event, and none without one")
    func entriesAreEvents() {
        let ids = JournalEvent.allCases.map(\.messageID) + [LogQueue.lossMessageID]
        #expect(entries.map(\.id).sorted() == ids.sorted())
    }

    @Test("every entry says in a line what it is, then what happened, then what to do")
    func entriesAreComplete() {
        for entry in entries {
            #expect(entry.header["Defined-By"] == "bearerd", "\(entry.id)")
            #expect(entry.header["Documentation"]?.contains("man:bearerd(8)") == true, "\(entry.id)")
            #expect((1...80).contains(entry.header["Subject"]?.count ?? 0), "\(entry.id)")
            #expect(entry.paragraphs.count >= 2, "\(entry.id)")
        }
    }

    @Test("entries name only fields that the journal has")
    func fieldsExist() {
        let known = JournalField.allCases.map { "BEARERD_\($0.rawValue.uppercased())" }
        for entry in entries where entry.id != LogQueue.lossMessageID {
            for field in entry.fields { #expect(known.contains(field), "\(entry.id): \(field)") }
        }
    }

    @Test("lines fit a terminal")
    func linesAreShort() {
        for entry in entries {
            for line in entry.paragraphs.flatMap({ $0.split(separator: "\n") }) {
                #expect(line.count <= 84, "\(entry.id): \(line)")
            }
        }
    }
}
