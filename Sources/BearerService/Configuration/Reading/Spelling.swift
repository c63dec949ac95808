/// Finds what a misspelt word was probably meant to be.
enum Spelling {
    private static let longest = 64

    /// The nearest of `candidates`; nil if none is near. Case does not count.
    static func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
        let letters = Array(word.lowercased().utf8)
        guard letters.count >= 2, letters.count <= longest else { return nil }
        let tolerance = max(1, min(3, letters.count / 3))
        let isNear = { (candidate: String, distance: Int) in
            distance <= tolerance || (letters.count >= 3 && candidate.lowercased().hasPrefix(word.lowercased()))
        }
        return candidates.map { ($0, distance(letters, Array($0.lowercased().utf8))) }
            .filter(isNear)
            .min { $0.1 < $1.1 }?.0
    }

    /// The number of letters to insert, remove, replace or swap with their neighbour (optimal string alignment).
    static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for i in left.indices {
            var row = [i + 1]
            for j in right.indices {
                var best = min(last[j + 1] + 1, row[j] + 1, last[j] + (left[i] == right[j] ? 0 : 1))
                if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
                    best = min(best, beforeLast[j - 1] + 1)
                }
                row.append(best)
            }
            (beforeLast, last) = (last, row)
        }
        return last[right.count]
    }
}
