package import BearerCore
internal import Glibc

/// The directory of the credentials that the unit's `LoadCredential=`, `SetCredential=` and so on hand over,
/// systemd.exec(5).
package struct CredentialsDirectory: Sendable {
    private let path: String?

    /// `path` is the value of `$CREDENTIALS_DIRECTORY`, `nil` when it is not set.
    package init(path: String?) {
        self.path = path
    }

    /// The directory that this process was started with.
    package static var inherited: CredentialsDirectory {
        CredentialsDirectory(path: getenv("CREDENTIALS_DIRECTORY").map { String(cString: $0) })
    }

    /// Reads one credential as ``SecretFile`` does.
    package func read(_ name: String) throws(SystemdError) -> Secret {
        guard !name.isEmpty, name.utf8.count <= 255, !name.contains("/"), name != ".", name != ".." else {
            throw .invalidCredentialName(name)
        }
        guard let path else { throw .noCredentialsDirectory(credential: name) }
        do {
            return try SecretFile.read(path: "\(path)/\(name)")
        } catch .fileMissing {
            throw .credentialMissing(credential: name, directory: path)
        }
    }
}

/// Reads a small file into a ``Secret`` and leaves no copy behind.
package enum SecretFile {
    /// systemd's own limit for the credentials of a unit.
    package static let limit = 1 << 20

    /// Reads the regular file at `path`, at most `limit` bytes. Symbolic links are followed: it is the operator who
    /// names the path. Blocks on the disk.
    package static func read(path: String, limit: Int = limit) throws(SystemdError) -> Secret {
        // Without O_NONBLOCK, opening a FIFO would wait for a writer.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw errno == ENOENT ? .fileMissing(path: path) : .fileUnreadable(path: path, errno: errno)
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .fileUnreadable(path: path, errno: errno) }
        guard status.st_mode & S_IFMT != S_IFDIR else { throw .isDirectory(path: path) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notARegularFile(path: path) }
        return switch SecretReader.read(descriptor, limit: limit) {
        case .contents(let secret): secret
        case .tooLarge: throw .fileTooLarge(path: path, limit: limit)
        case .failed(let errno): throw .fileUnreadable(path: path, errno: errno)
        }
    }
}

/// Reads an open file to its end into a ``Secret``, and wipes what it read through.
package enum SecretReader {
    package enum Outcome: Sendable, Equatable {
        case contents(Secret)
        /// There is more than the limit.
        case tooLarge
        /// read(2) failed with this `errno`.
        case failed(errno: Int32)
    }

    /// Reads at most `limit` bytes from the descriptor's offset on. Blocks on the disk.
    package static func read(_ descriptor: Int32, limit: Int) -> Outcome {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: limit + 1, alignment: 1)
        var count = 0
        defer {
            Secret.wipe(UnsafeMutableRawBufferPointer(rebasing: buffer[..<count]))
            buffer.deallocate()
        }
        while count < buffer.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[count...])
            let added = Glibc.read(descriptor, rest.baseAddress, rest.count)
            if added < 0 && errno == EINTR { continue }
            if added < 0 { return .failed(errno: errno) }
            if added == 0 { break }
            count += added
        }
        return count <= limit ? .contents(Secret(buffer[..<count])) : .tooLarge
    }
}

/// Where systemd looks for a credential of the unit, systemd.exec(5).
package struct CredentialPlace: Sendable {
    /// What `bearerd.service` loads as it is installed.
    package static let installed = ["software_statement", "client_credentials"]

    private let name: String

    package init(_ name: String) {
        self.name = name
    }

    /// The file of one in plain text.
    package var path: String { "/etc/credstore/\(name)" }

    /// How to put it there, for messages: commands for root.
    package var remedy: String {
        let isInstalled = Self.installed.contains(name)
        let file = name == "client_credentials" ? "client.json" : "statement.jws"
        let edit = "systemctl edit bearerd, and below [Service]"
        let load = isInstalled ? "" : "\(edit) LoadCredential=\(name); "
        return load + "install -d -m 0700 /etc/credstore.encrypted, systemd-creds encrypt --name=\(name) \(file) "
            + "/etc/credstore.encrypted/\(name), and \(isInstalled ? edit : "instead") LoadCredentialEncrypted=\(name); or in "
            + "plain text, which a unit with LoadCredentialEncrypted= does not take: install -D -m 0600 \(file) \(path)"
    }
}

/// The directories in which systemd looks for a credential that the unit names without a path, systemd.exec(5).
package struct CredentialStores: Sendable {
    /// Those of the system.
    package static let system = CredentialStores(
        directories: ["/etc", "/run", "/usr/local/lib", "/usr/lib"].flatMap {
            ["\($0)/credstore", "\($0)/credstore.encrypted"]
        })

    private let directories: [String]

    package init(directories: [String]) {
        self.directories = directories
    }

    /// The file of a credential that was changed within the last `age`, or the directory if that hides its files; `nil` when
    /// none was. Blocks on the disk.
    ///
    /// An age, since a wall clock that was set meanwhile would make any time look late.
    ///
    /// - Parameter now: the wall clock since 1970.
    package func changed(_ credential: String, within age: Duration, now: Duration) -> String? {
        for directory in directories {
            let path = "\(directory)/\(credential)"
            var status = stat()
            let isSeen = stat(path, &status) == 0
            guard isSeen || errno == EACCES, isSeen || stat(directory, &status) == 0 else { continue }
            // Not st_mtim: a file that is moved there keeps it.
            let change = Duration.seconds(status.st_ctim.tv_sec) + .nanoseconds(status.st_ctim.tv_nsec)
            if now - change < age { return isSeen ? path : directory }
        }
        return nil
    }
}
