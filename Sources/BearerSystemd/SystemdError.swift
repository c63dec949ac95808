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
    /// A directory, a device, a FIFO, a socket.
    case notARegularFile(path: String)
    case fileTooLarge(path: String, limit: Int)
    /// The environment promises listening descriptors that are not there, or is malformed.
    case listenDescriptors(errno: Int32)
}

extension SystemdError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .noCredentialsDirectory(let credential):
            "credential \(credential): $CREDENTIALS_DIRECTORY is not set; the unit needs LoadCredential=\(credential)"
        case .credentialMissing(let credential, let directory):
            "credential \(credential): not found in \(directory); put it in /etc/credstore/\(credential); one encrypted "
                + "by systemd-creds needs LoadCredentialEncrypted=\(credential) in a drop-in of the unit"
        case .invalidCredentialName(let name):
            "credential \(name): a name is 1 to 255 bytes without a slash, other than . and .."
        case .fileMissing(let path): "\(path): no such file"
        case .fileUnreadable(let path, let errno): "\(path): \(message(of: errno))"
        case .notARegularFile(let path): "\(path): not a regular file"
        case .fileTooLarge(let path, let limit): "\(path): larger than \(limit) bytes"
        case .listenDescriptors(let errno):
            "LISTEN_FDS: \(message(of: errno)); expected descriptors passed by systemd, see sd_listen_fds(3)"
        }
    }

    private func message(of code: Int32) -> String {
        String(cString: strerror(code))
    }
}
