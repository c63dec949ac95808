internal import Glibc

/// What uname(2) says.
package struct KernelFacts: Sendable, Equatable {
    /// Such as `x86_64`.
    package let architecture: String
    /// Such as `6.1.0-37-amd64`.
    package let release: String

    package init(architecture: String, release: String) {
        self.architecture = architecture
        self.release = release
    }

    /// The kernel that runs; `unknown` where it does not say.
    package static var running: KernelFacts {
        var name = utsname()
        guard uname(&name) == 0 else { return KernelFacts(architecture: "unknown", release: "unknown") }
        return KernelFacts(architecture: text(name.machine), release: text(name.release))
    }

    /// A fixed array of C characters up to its NUL.
    private static func text<Characters>(_ characters: Characters) -> String {
        let text = withUnsafeBytes(of: characters) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        return text.isEmpty ? "unknown" : text
    }
}
