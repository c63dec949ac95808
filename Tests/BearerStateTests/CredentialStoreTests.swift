import BearerCore
import Glibc
import TestSupport
import Testing

@testable import BearerState

@Suite struct CredentialStoreTests {
    let state: ExampleState

    init() throws {
        state = try ExampleState()
    }

    @Test("nothing is there at first")
    func absent() throws {
        #expect(try state.store.load() == .absent)
        #expect(state.temporary.names() == [".lock"])
    }

    @Test(
        "what is saved is loaded again, whatever the characters",
        arguments: [
            "secret", "\"quoted\\\"", "line\nbreak\u{1}\0", "ümläut 🔑", String(repeating: "\u{1}", count: 60_000),
        ])
    func roundTrip(secret: String) throws {
        let stored = StoredCredentials.example(id: "id \(secret.prefix(9))", secret: secret)
        #expect(try state.store.save(stored) == nil)
        #expect(try state.store.load() == .present(stored, warnings: []))
    }

    @Test("an issue time that the server did not say stays unsaid")
    func noIssueTime() throws {
        let credentials = ClientCredentials(clientID: "id", clientSecret: Secret("s"), issuedAt: nil)
        let stored = StoredCredentials(credentials: credentials, registeredAt: 1)
        try state.store.save(stored)
        #expect(try state.store.load().stored == stored)
    }

    @Test("the files are ours alone and nothing temporary stays")
    func modes() throws {
        try state.store.save(.example())
        #expect(state.temporary.mode(of: "default") == 0o700)
        #expect(state.temporary.mode(of: state.credentialsFile) == 0o600)
        #expect(
            state.temporary.names(in: "default") == [state.credentialsFile.dropFirst("default/".count)].map(String.init)
        )
    }

    @Test("the same credentials saved once more, as after a failed fsync, are not archived")
    func savedAgain() throws {
        for _ in 0..<3 { #expect(try state.store.save(.example()) == nil) }
        #expect(state.temporary.names(in: "default").count == 1)
    }

    @Test(
        "of the credentials for something else, those of the same server come first, then the newest; of this, newer ones count"
    )
    func others() throws {
        #expect(state.store.others(newerThan: nil) == nil)
        try state.store.save(.example(at: 10))
        #expect(state.store.others(newerThan: nil) == nil)
        for (server, statement, time) in [
            ("https://one", "abcd.abcd.abcd", 30), ("https://two", "abcd.abcd.abcd", 20),
            (state.key.server, "efgh.efgh.efgh", 5),
        ] {
            let key = try CredentialKey.example(server: server, statement: statement)
            try state.directory.credentials(for: key).save(.example(at: Int64(time)))
        }
        #expect(state.store.others(newerThan: nil)?.server == state.key.server)
        #expect(state.store.others(newerThan: 10)?.server == "https://one")
        #expect(state.store.others(newerThan: 30) == nil)
        let elsewhere = try CredentialKey.example(server: "https://three")
        #expect(state.directory.credentials(for: elsewhere).others(newerThan: nil)?.server == "https://one")
    }

    @Test("each server and each statement has its own credentials, and the old ones serve again")
    func keys() throws {
        let keys = try [
            CredentialKey.example(), .example(server: "https://sp.auth-staging.adobe.com"),
            .example(statement: "efgh.efgh.efgh"), .example(profile: "other"),
        ]
        for (number, key) in keys.enumerated() {
            try state.directory.credentials(for: key).save(.example(id: "client-\(number)"))
        }
        for (number, key) in keys.enumerated() {
            let loaded = try state.directory.credentials(for: key).load()
            #expect(loaded.stored?.credentials.clientID == "client-\(number)")
        }
    }

    @Test("credentials that are replaced stay beside the new ones")
    func replacement() throws {
        try state.store.save(.example(id: "first"))
        let first = state.temporary.read(state.credentialsFile)
        let retired = try state.store.save(.example(id: "second", at: 1_700_000_500))
        #expect(retired == "\(state.store.path).retired-1700000500")
        #expect(state.temporary.read("\(state.credentialsFile).retired-1700000500") == first)
        #expect(try state.store.load().stored?.credentials.clientID == "second")

        #expect(
            try state.store.save(.example(id: "third", at: 1_700_000_500)) == "\(state.store.path).retired-1700000500-1"
        )
        #expect(state.temporary.read("\(state.credentialsFile).retired-1700000500") == first)
    }

    @Test(
        "credentials that others could read are used, closed and reported",
        arguments: [0o644, 0o640, 0o666] as [mode_t])
    func openFile(mode: mode_t) throws {
        try state.store.save(.example())
        chmod(state.store.path, mode)
        #expect(
            try state.store.load() == .present(.example(), warnings: [.fileWasOpen(path: state.store.path, mode: mode)])
        )
        #expect(state.temporary.mode(of: state.credentialsFile) == 0o600)
        #expect(try state.store.load().warnings.isEmpty)
    }

    @Test("a profile's directory that is open to others is closed")
    func openProfileDirectory() throws {
        try state.store.save(.example())
        chmod("\(state.temporary.path)/default", 0o755)
        #expect(
            try state.store.load().warnings == [.directoryWasOpen(path: "\(state.temporary.path)/default", mode: 0o755)]
        )
        #expect(state.temporary.mode(of: "default") == 0o700)
    }

    @Test("a temporary file of a write that was cut short is not taken for the credentials")
    func cutShort() throws {
        try state.store.save(.example(id: "old"))
        state.temporary.write("{\"version\":1".utf8, to: "default/.\(state.credentialsFile.dropFirst(8)).77.tmp")
        #expect(try state.store.load().stored?.credentials.clientID == "old")
    }
}
