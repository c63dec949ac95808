import Glibc
import TestSupport
import Testing

@testable import BearerConfiguration

/// Reads real files of a temporary directory.
@Suite struct ConfigurationLoadingTests {
    private let temporary = TemporaryDirectory()

    private var directory: String { temporary.path }

    private func file(_ bytes: [UInt8]) -> String {
        temporary.write(bytes, to: "file")
        return "\(directory)/file"
    }

    private func message(path: String, mayBeMissing: Bool = false) -> String {
        do throws(ConfigurationError) {
            _ = try Configuration.load(path: path, mayBeMissing: mayBeMissing)
            return "no error"
        } catch {
            return error.description
        }
    }

    @Test("a file is read, with or without a byte order mark")
    func reads() throws {
        let text = Array("audit: true\n".utf8)
        #expect(try Configuration.load(path: file(text)).audit)
        #expect(try Configuration.load(path: file([0xEF, 0xBB, 0xBF] + text)).audit)
    }

    @Test("a missing file is an error only where somebody named it")
    func missing() throws {
        #expect(message(path: "\(directory)/none") == "\(directory)/none: no such file; expected a configuration file")
        #expect(try Configuration.load(path: "\(directory)/none", mayBeMissing: true) == Configuration())
    }

    @Test("a directory, a FIFO and a device are refused", .timeLimit(.minutes(1)))
    func notAFile() throws {
        #expect(message(path: directory) == "\(directory): a directory; expected a file")
        try #require(mkfifo("\(directory)/fifo", 0o600) == 0)
        #expect(
            message(path: "\(directory)/fifo")
                == "\(directory)/fifo: neither a file nor a directory; expected a file")
        #expect(message(path: "/dev/null") == "/dev/null: neither a file nor a directory; expected a file")
    }

    @Test("a file that cannot be read is refused even at the standard place", .enabled(if: geteuid() != 0))
    func unreadable() throws {
        let path = file([])
        chmod(path, 0)
        #expect(
            message(path: path, mayBeMissing: true)
                == "\(path): cannot be read: Permission denied; expected a file that the daemon's user may read")
    }

    @Test("a path through a file is refused even at the standard place")
    func notADirectory() throws {
        let path = file([]) + "/bearerd.yaml"
        #expect(
            message(path: path, mayBeMissing: true)
                == "\(path): cannot be read: Not a directory; expected a file that the daemon's user may read")
    }

    @Test("1 MiB is read, a byte more is refused")
    func size() throws {
        let comment = [UInt8](repeating: UInt8(ascii: "#"), count: 1 << 20)
        #expect(try Configuration.load(path: file(comment)) == Configuration())
        let path = file(comment + [UInt8(ascii: "#")])
        #expect(message(path: path) == "\(path): more than 1 MiB; expected at most 1 MiB")
    }

    @Test(
        "bytes that are not UTF-8 are refused with their place",
        arguments: [("audit: ", [0xFF], "1:8"), ("# ä\r\nuser_agent: ", [0xC3], "2:13"), ("# 📺", [0xED, 0xA0], "1:4")]
            as [(String, [UInt8], String)])
    func invalidUTF8(text: String, bytes: [UInt8], place: String) throws {
        let path = file(Array(text.utf8) + bytes)
        #expect(message(path: path) == "\(path):\(place): bytes that are not UTF-8; expected UTF-8")
    }

    @Test("damaged files are either read or refused with a reason, and never end the process", arguments: 0..<40)
    func damage(seed: UInt64) {
        var generator = ConfigurationGenerator(seed: seed)
        for _ in 0..<25 {
            let bytes = generator.damaged(Array(ConfigurationSamples.full.utf8))
            do throws(ConfigurationError) {
                let text = try Configuration.text(of: bytes, file: "f")
                let configuration = try Configuration(yaml: text, file: "f")
                let again = try Configuration(yaml: configuration.effectiveDescription, file: "effective")
                #expect(again == configuration)
            } catch {
                #expect(error.file == "f")
                #expect(!error.problems.isEmpty)
                #expect(error.description.utf8.count < 50_000)
            }
        }
    }
}
