import BearerSystemd
import Glibc
import TestSupport
import Testing

@Suite struct CredentialStoresTests {
    let temporary = TemporaryDirectory()

    private var now: Duration { .seconds(time(nil)) }

    @Test("a file that was changed within the time is named, an older one is not, nor one of another name")
    func changed() {
        temporary.write([1], to: "a")
        let stores = CredentialStores(directories: ["/nonexistent", temporary.path])
        #expect(stores.changed("a", within: .seconds(60), now: now) == "\(temporary.path)/a")
        #expect(stores.changed("a", within: .seconds(60), now: now + .seconds(120)) == nil)
        #expect(stores.changed("b", within: .seconds(60), now: now) == nil)
    }

    @Test("a clock that was set since makes no file look changed")
    func clock() {
        temporary.write([1], to: "a")
        let stores = CredentialStores(directories: [temporary.path])
        // The host started with a clock of 1970: a minute ago, whatever the clock said then.
        #expect(stores.changed("a", within: .seconds(60), now: now + .seconds(86_400)) == nil)
    }

    @Test("a directory that hides its files is named itself", .enabled(if: geteuid() != 0, "root sees every file"))
    func hidden() {
        temporary.write([1], to: "a")
        chmod(temporary.path, 0)
        defer { chmod(temporary.path, 0o700) }
        let stores = CredentialStores(directories: [temporary.path])
        #expect(stores.changed("a", within: .seconds(60), now: now) == temporary.path)
    }
}
