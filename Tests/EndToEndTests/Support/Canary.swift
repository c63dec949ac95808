import BearerJSON
import Glibc
import TestSupport
import Testing

/// Secrets that must show nowhere.
enum Canary {
    private static let payload = "eyJzb2Z0d2FyZV9pZCI6ImNhbmFyeSJ9"
    private static let signature = "Y2FuYXJ5LXRoYXQtbXVzdC1ub3Qtc2luZw"

    /// The software statement of every test.
    static let statement = "eyJhbGciOiJSUzI1NiJ9.\(payload).\(signature)"

    /// One that says this of itself, JSON.
    static func statement(_ claims: String) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
        var encoded: [UInt8] = []
        var (bits, count): (UInt32, Int) = (0, 0)
        for byte in claims.utf8 {
            (bits, count) = (bits << 8 | UInt32(byte), count + 8)
            while count >= 6 {
                count -= 6
                encoded.append(alphabet[Int(bits >> UInt32(count) & 63)])
            }
        }
        if count > 0 { encoded.append(alphabet[Int(bits << UInt32(6 - count) & 63)]) }
        return "eyJhbGciOiJSUzI1NiJ9.\(String(decoding: encoded, as: UTF8.self)).\(signature)"
    }

    /// Parts of it, and what each access token of the simulator begins with.
    static let words = [payload, signature, "eyJ"]

    /// Neither a process's arguments nor its environment hold one.
    static func checkProcess(_ pid: pid_t) {
        for name in ["cmdline", "environ"] {
            // A process that cannot be dumped hides its environment from all but root.
            guard let text = try? Files.text("/proc/\(pid)/\(name)") else { continue }
            #expect(!words.contains { text.contains($0) }, "/proc/\(pid)/\(name) shows a secret")
        }
    }

    /// The client secrets that are kept in a state directory.
    static func clientSecrets(below path: String) -> [String] {
        Files.names(in: path).flatMap { profile in
            Files.names(in: "\(path)/\(profile)").flatMap { clientSecrets(in: "\(path)/\(profile)/\($0)") }
        }
    }

    /// The client secret in a file of JSON; none when there is no such file, or nothing of the kind in it.
    static func clientSecrets(in path: String) -> [String] {
        guard let text = try? Files.text(path), let object = try? JSONValue(parsing: text.utf8) else { return [] }
        return [object["client_secret"]?.string].compactMap { $0 }
    }

    /// Directories are 0700 and files 0600.
    static func checkModes(below path: String, _ location: SourceLocation) {
        guard let mode = Files.mode(path) else { return }
        let isDirectory = mode & S_IFMT == S_IFDIR
        #expect(mode & 0o7777 == (isDirectory ? 0o700 : 0o600), "the mode of \(path)", sourceLocation: location)
        for name in isDirectory ? Files.names(in: path) : [] { checkModes(below: "\(path)/\(name)", location) }
    }
}
