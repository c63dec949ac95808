import BearerCore
import BearerSystemd
import Glibc
import TestSupport
import Testing

@Suite struct CredentialsDirectoryTests {
    let temporary = TemporaryDirectory()

    @Test("a credential is read whole")
    func read() throws {
        temporary.write(Array("content\n".utf8), to: "software_statement")
        let directory = CredentialsDirectory(path: temporary.path)
        #expect(try directory.read("software_statement") == Secret("content\n"))
    }

    @Test("a missing credential is told from a missing directory")
    func missing() {
        #expect(throws: SystemdError.credentialMissing(credential: "a", directory: temporary.path)) {
            try CredentialsDirectory(path: temporary.path).read("a")
        }
        let error = #expect(throws: SystemdError.noCredentialsDirectory(credential: "a")) {
            try CredentialsDirectory(path: nil).read("a")
        }
        #expect(error.map { "\($0)".contains("LoadCredential=a") } == true)
    }

    @Test("a missing credential comes with commands; one that the unit does not load, with the line that loads it")
    func remedy() {
        let installed = CredentialPlace("software_statement").remedy
        #expect(installed.hasPrefix("install -d -m 0700 /etc/credstore.encrypted, systemd-creds encrypt "))
        let dropIn = "below [Service] LoadCredentialEncrypted=software_statement; or in plain text"
        #expect(installed.contains(dropIn))
        #expect(installed.hasSuffix("install -D -m 0600 statement.jws /etc/credstore/software_statement"))
        let other = CredentialPlace("other").remedy
        #expect(other.hasPrefix("systemctl edit bearerd, and below [Service] LoadCredential=other; install -d "))
    }

    @Test("the credentials that are taken for the unit's are those that it loads")
    func installed() throws {
        let root = "\(#filePath)".split(separator: "/Tests/BearerSystemdTests/")[0]
        let unit = try Files.text("\(root)/systemd/bearerd.service")
        let loaded = unit.split(separator: "\n").compactMap { line in
            line.hasPrefix("LoadCredential=") ? String(line.dropFirst("LoadCredential=".count)) : nil
        }
        #expect(loaded == CredentialPlace.installed)
    }

    @Test(
        "a name does not lead out of the directory",
        arguments: ["", ".", "..", "a/b", "/etc/passwd", String(repeating: "a", count: 256)])
    func names(name: String) {
        #expect(throws: SystemdError.invalidCredentialName(name)) {
            try CredentialsDirectory(path: temporary.path).read(name)
        }
    }
}

@Suite struct SecretFileTests {
    let temporary = TemporaryDirectory()
    var path: String { "\(temporary.path)/file" }

    @Test("files up to the limit are read, larger ones refused", arguments: [0, 1, 99, 100, 101, 5_000])
    func limit(count: Int) throws {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        temporary.write(bytes, to: "file")
        if count <= 100 {
            #expect(try SecretFile.read(path: path, limit: 100) == Secret(bytes))
        } else {
            #expect(throws: SystemdError.fileTooLarge(path: path, limit: 100)) {
                try SecretFile.read(path: path, limit: 100)
            }
        }
    }

    @Test("a symbolic link is followed")
    func link() throws {
        temporary.write([1], to: "target")
        symlink("target", path)
        #expect(try SecretFile.read(path: path) == Secret([1]))
    }

    @Test("a file that is not there is called missing")
    func missing() {
        #expect(throws: SystemdError.fileMissing(path: path)) { try SecretFile.read(path: path) }
    }

    @Test("a FIFO is refused, and nobody waits for its writer")
    func fifo() {
        mkfifo(path, 0o600)
        #expect(throws: SystemdError.notARegularFile(path: path)) { try SecretFile.read(path: path) }
    }

    @Test("a directory is refused")
    func directory() {
        #expect(throws: SystemdError.isDirectory(path: temporary.path)) {
            try SecretFile.read(path: temporary.path)
        }
    }

    @Test("a file that we may not read is called unreadable", .enabled(if: geteuid() != 0, "root may read everything"))
    func unreadable() {
        temporary.write([1], to: "file")
        chmod(path, 0)
        #expect(throws: SystemdError.fileUnreadable(path: path, errno: EACCES)) { try SecretFile.read(path: path) }
    }

    @Test("a path through a file is called unreadable")
    func throughFile() {
        temporary.write([1], to: "file")
        #expect(throws: SystemdError.fileUnreadable(path: "\(path)/x", errno: ENOTDIR)) {
            try SecretFile.read(path: "\(path)/x")
        }
    }
}
