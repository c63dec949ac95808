import Glibc
import Testing

@testable import BearerUpstream

@Suite("HTTP dates")
struct HTTPDateTests {
    @Test("every day from 1970 to 2399 is what the C library makes of it")
    func calendar() {
        for day in stride(from: Int64(0), to: 157_000, by: 13) {
            var seconds = time_t(day * 86_400 + 3723)
            var fields = tm()
            gmtime_r(&seconds, &fields)
            var text = [CChar](repeating: 0, count: 64)
            strftime(&text, text.count, "%a, %d %b %Y %H:%M:%S GMT", &fields)
            let date = text.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } } ?? ""
            #expect(HTTPDate.unixSeconds(date) == Int64(seconds), "\(date)")
        }
    }

    @Test(
        "a year of two digits is one from 1970 to 2069",
        arguments: [("70", 1970), ("99", 1999), ("00", 2000), ("69", 2069)])
    func shortYear(digits: String, year: Int) {
        let short = HTTPDate.unixSeconds("Sunday, 06-Nov-\(digits) 08:49:37 GMT")
        #expect(short == HTTPDate.unixSeconds("Sun, 06 Nov \(year) 08:49:37 GMT"))
        #expect(short != nil)
    }
}
