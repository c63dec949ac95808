import TestSupport
import Testing

@testable import BearerLoop

@Suite("OutputBuffer") struct OutputBufferTests {
    @Test("whatever is appended and taken, everything comes out once and in order", arguments: 0..<40)
    func random(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var buffer = OutputBuffer()
        var expected: [UInt8] = []
        for _ in 0..<200 {
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<4:
                let sizes = [0...0, 1...20, 700...900, 60_000...70_000]
                let size = Int.random(in: sizes[Int.random(in: 0..<4, using: &random)], using: &random)
                let bytes = (0..<size).map { _ in UInt8.random(in: .min ... .max, using: &random) }
                buffer.append(bytes)
                expected += bytes
            case 4: buffer.compact()
            case 5: #expect(buffer.isEmpty || buffer.take { _ in -1 } == -1)
            case 6 where expected.count > 200_000:
                buffer.removeAll()
                expected = []
            default:
                guard !buffer.isEmpty else { continue }
                var taken: [UInt8] = []
                let most = Int.random(in: 0...2000, using: &random)
                let count = buffer.take { bytes in
                    taken = Array(bytes.prefix(most))
                    return taken.count
                }
                #expect(count == taken.count && expected.starts(with: taken))
                expected.removeFirst(count)
            }
            #expect(buffer.count == expected.count && buffer.isEmpty == expected.isEmpty)
        }
    }
}
