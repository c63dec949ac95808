/// Finds what was probably meant by a mistyped name.
enum NearestName {
    /// The candidate that at most two typing errors turn into `name`; nil if there is none.
    static func of(_ name: String, among candidates: [String]) -> String? {
        let distances = candidates.map { (candidate: $0, distance: distance(Array(name.utf8), Array($0.utf8))) }
        guard let nearest = distances.min(by: { $0.distance < $1.distance }) else { return nil }
        return nearest.distance <= 2 && nearest.distance < nearest.candidate.utf8.count ? nearest.candidate : nil
    }

    /// The number of letters inserted, dropped, replaced or swapped with their neighbour (optimal string alignment).
    static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var rows = [Array(0...right.count)]
        for (i, letter) in left.enumerated() {
            var row = [i + 1]
            for (j, other) in right.enumerated() {
                let best = min(rows[i][j + 1] + 1, row[j] + 1, rows[i][j] + (letter == other ? 0 : 1))
                let isSwap = i > 0 && j > 0 && letter == right[j - 1] && left[i - 1] == other
                row.append(isSwap ? min(best, rows[i - 1][j - 1] + 1) : best)
            }
            rows.append(row)
        }
        return rows[left.count][right.count]
    }
}
