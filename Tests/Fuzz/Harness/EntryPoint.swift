import Glibc

/// From `$BEARERD_FUZZ_TARGET`: libFuzzer knows one function a program.
private let target: FuzzTarget = {
    let name = getenv("BEARERD_FUZZ_TARGET").map { String(cString: $0) } ?? ""
    if let target = FuzzTarget(rawValue: name) { return target }
    print(FuzzTarget.allCases.map(\.rawValue).joined(separator: "\n"))
    exit(name.isEmpty ? 0 : 64)
}()

/// Called by libFuzzer with each input.
@_cdecl("LLVMFuzzerTestOneInput")
public func runOne(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    target.run(Array(UnsafeBufferPointer(start: bytes, count: count)))
    return 0
}

/// Called once, before everything else.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(_ count: UnsafeMutableRawPointer, _ arguments: UnsafeMutableRawPointer) -> CInt {
    _ = target
    return 0
}
