internal import Glibc

/// The kernel's id of this boot: CLOCK_BOOTTIME means nothing in another. See random(4).
enum BootID {
    /// `nil` when it cannot be read.
    static func current() -> String? {
        let descriptor = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: 64)
        let count = read(descriptor, &buffer, buffer.count)
        let id = String(decoding: buffer.prefix(max(0, count)).prefix { $0 > 0x20 }, as: UTF8.self)
        return id.isEmpty ? nil : id
    }
}
