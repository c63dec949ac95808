internal import Glibc

/// What the loop cannot do for lack of something that the kernel gives: descriptors, memory, watches, threads.
package struct LoopError: Error, Equatable, CustomStringConvertible {
    /// The call that failed.
    package let call: String
    /// Its error number.
    package let code: CInt

    package init(call: String, code: CInt) {
        self.call = call
        self.code = code
    }

    /// No thread can be started now.
    static let noThread = LoopError(call: "pthread_create", code: EAGAIN)

    package var description: String { "\(call): \(String(cString: strerror(code)))" }

    /// The result of a call, which is negative where errno says why.
    static func checked(_ call: String, _ result: CInt) throws(LoopError) -> CInt {
        guard result >= 0 else { throw LoopError(call: call, code: errno) }
        return result
    }
}
