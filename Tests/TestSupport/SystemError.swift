internal import Glibc

/// A system call that failed.
package struct SystemError: Error, CustomStringConvertible {
    /// The call, or the path that it was about.
    package let action: String
    package let code: CInt

    /// - Parameter code: an error number, see errno(3).
    package init(_ action: String, code: CInt = errno) {
        self.action = action
        self.code = code
    }

    package var description: String { "\(action): \(String(cString: strerror(code)))" }
}

/// Throws when `result` is negative, as system calls say that they failed.
@discardableResult
package func check(_ result: CInt, _ action: String) throws(SystemError) -> CInt {
    guard result >= 0 else { throw SystemError(action) }
    return result
}
