internal import Glibc

/// Why a socket cannot be served.
package enum SocketError: Error, Sendable, Equatable {
    case failed(path: String, call: String, errno: CInt)
    case pathTooLong(String, limit: Int)
    case notADirectory(String)
    case foreignDirectory(String, uid: UInt32)
    case openDirectory(String, mode: UInt32)
    case notASocket(String)
    case inUse(String)
    case replaced(String)
}

extension SocketError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .failed(let path, let call, let code): "\(path): \(call): \(String(cString: strerror(code)))"
        case .pathTooLong(let path, let limit):
            "\(path): the path of a socket has 1 to \(limit) bytes, this one has \(path.utf8.count)"
        case .notADirectory(let path): "\(path): not a directory; a socket needs one that exists"
        case .foreignDirectory(let path, let uid):
            "\(path): belongs to uid \(uid); the directory of the socket must be ours, or others could replace it"
        case .openDirectory(let path, let mode):
            "\(path): mode 0\(String(mode, radix: 8)) lets everybody write; others could replace the socket"
        case .notASocket(let path): "\(path): there is a file that is not a socket; remove it or choose another path"
        case .inUse(let path): "\(path): another process listens there"
        case .replaced(let path): "\(path): somebody put something else there while it was bound; expected our socket"
        }
    }
}
