internal import Glibc

/// What can go wrong between this process and what systemd hands it. Holds paths and `errno`, never content.
package enum SystemdError: Error, Sendable, Equatable {
    /// `$CREDENTIALS_DIRECTORY` is not set.
    case noCredentialsDirectory(credential: String)
    /// The directory has no such credential.
    case credentialMissing(credential: String, directory: String)
    /// Not the name of a file in a directory.
    case invalidCredentialName(String)
    case fileMissing(path: String)
    case fileUnreadable(path: String, errno: Int32)
    case isDirectory(path: String)
    /// A device, a FIFO, a socket.
    case notARegularFile(path: String)
    case fileTooLarge(path: String, limit: Int)
    /// The environment promises listening descriptors that are not there, or is malformed.
    case listenDescriptors(errno: Int32)
}

extension SystemdError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .noCredentialsDirectory(let credential):
            "credential \(credential): $CREDENTIALS_DIRECTORY is not set; the unit needs LoadCredential=\(credential); "
                + "without systemd, name a file: {file: /path}"
        case .credentialMissing(let credential, let directory):
            "credential \(credential): not found in \(directory); \(CredentialPlace(credential).remedy)"
        case .invalidCredentialName(let name):
            "credential \(name): a name is 1 to 255 bytes without a slash, other than . and .."
        case .fileMissing(let path): "\(path): no such file; put it there, or name another"
        case .fileUnreadable(let path, let errno): "\(path): \(message(of: errno))"
        case .isDirectory(let path): "\(path): a directory; expected the file itself: name the one in it"
        case .notARegularFile(let path): "\(path): not a regular file; expected one"
        case .fileTooLarge(let path, let limit): "\(path): larger than \(limit) bytes"
        case .listenDescriptors(let errno):
            "LISTEN_FDS: \(message(of: errno)); expected descriptors passed by systemd, see sd_listen_fds(3)"
        }
    }

    private func message(of code: Int32) -> String {
        String(cString: strerror(code))
    }
}
