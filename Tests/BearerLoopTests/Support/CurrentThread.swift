import Glibc
import TestSupport

/// What the kernel and the C library know of the thread that asks.
enum CurrentThread {
    /// Its directory in /proc, which is there as long as the thread.
    static var path: String {
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = readlink("/proc/thread-self", &bytes, bytes.count)
        return "/proc/" + String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }

    static var name: String {
        String(((try? Files.text("/proc/thread-self/comm")) ?? "").dropLast())
    }

    /// Bytes; 0 when it cannot be told. pthread_getattr_np(3) is not in Swift's Glibc module.
    static var stackSize: Int {
        typealias GetAttributes = @convention(c) (pthread_t, UnsafeMutablePointer<pthread_attr_t>) -> CInt
        guard let symbol = dlsym(nil, "pthread_getattr_np") else { return 0 }
        var (attributes, size) = (pthread_attr_t(), 0)
        guard unsafeBitCast(symbol, to: GetAttributes.self)(pthread_self(), &attributes) == 0 else { return 0 }
        pthread_attr_getstacksize(&attributes, &size)
        pthread_attr_destroy(&attributes)
        return size
    }
}
