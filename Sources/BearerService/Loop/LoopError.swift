internal import Glibc

/// The kernel has no descriptor left for the loop.
package struct LoopError: Error, Equatable, CustomStringConvertible {
    let call: String
    let code: CInt

    package var description: String { "\(call): \(String(cString: strerror(code)))" }

    static func checked(_ call: String, _ descriptor: CInt) throws(LoopError) -> CInt {
        guard descriptor >= 0 else { throw LoopError(call: call, code: errno) }
        return descriptor
    }
}
