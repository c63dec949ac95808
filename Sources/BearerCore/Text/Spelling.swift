/// Finds what a misspelt word was probably meant to be.
package enum Spelling {
    /// In bytes. Longer words are not looked at.
    private static let longest = 64

    /// The nearest of `candidates`; nil if none is near. Case does not count.
    ///
    /// Near is a candidate that a third of the word's letters, at least one and at most three, turn into it, or one that
    /// begins with the word.
    package static func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
        let letters = Array(word.lowercased().utf8)
        guard (1...longest).contains(letters.count) else { return nil }
        let tolerance = max(1, min(3, letters.count / 3))
        var nearest: (candidate: String, distance: Int)?
        for candidate in candidates {
            let other = Array(candidate.lowercased().utf8)
            let isBeginning = letters.count >= 3 && other.starts(with: letters)
            guard isBeginning || abs(other.count - letters.count) <= tolerance else { continue }
            let distance = distance(letters, other)
            guard isBeginning || distance <= tolerance && distance < other.count else { continue }
            if distance < nearest?.distance ?? .max { nearest = (candidate, distance) }
        }
        return nearest?.candidate
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
