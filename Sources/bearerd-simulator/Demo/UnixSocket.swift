internal import BearerLoop
internal import Glibc

/// Binds a new socket of our user's to `path`, see unix(7); the caller closes it.
func boundSocket(_ kind: __socket_type, at path: String) throws(DemoError) -> CInt {
    guard let address = UnixAddress(path: path) else { throw .system(path, code: ENAMETOOLONG) }
    let descriptor = socket(AF_UNIX, CInt(kind.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw .system("socket", code: errno) }
    guard address.with({ bind(descriptor, $0, $1) }) == 0, chmod(path, 0o600) == 0 else {
        let code = errno
        close(descriptor)
        throw .system(path, code: code)
    }
    return descriptor
}
