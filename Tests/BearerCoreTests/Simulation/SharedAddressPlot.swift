/// How fleets behind one address come to their tokens, as SVG: the share of tokens over the time that the server needs for
/// them, and below it the calls a second. Whole numbers only, so that the same calls always make the same text.
struct SharedAddressPlot {
    private static let width = 720
    private static let height = 220
    private static let left = 60
    private static let top = 40
    private static let gap = 100
    /// What is drawn, in times of what the server needs: a call takes it a second.
    private static let end = 5.0
    private static let steps = 200
    /// Calls a second.
    private static let highest = 20
    private static let colors = ["steelblue", "seagreen", "darkorange"]

    static func svg(_ fleets: [(SharedAddress.Fleet, SharedAddress)]) -> String {
        let second = top + height + gap
        var lines = [
            #"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \#(left + width + 20) \#(second + height + 60)" "#
                + #"font-family="sans-serif" font-size="12">"#,
            #"<rect width="100%" height="100%" fill="white"/>"#,
        ]
        lines += axes("tokens, in %", highest: 100, unit: 20, at: top)
        lines.append(
            #"<path d="M\#(left) \#(top + height)L\#(x(of: 1)) \#(top)" stroke="gray" stroke-dasharray="4"/>"#)
        lines += axes("calls a second, over a twentieth of that time each", highest: highest, unit: 5, at: second)
        for (index, (fleet, address)) in fleets.enumerated() {
            let color = colors[index]
            let name = "\(fleet.hosts) hosts" + (fleet.profiles == 1 ? "" : " of \(fleet.profiles) profiles")
            lines.append(
                #"<text x="\#(left + width - 160)" y="\#(top + 100 + 20 * index)" fill="\#(color)">\#(name)</text>"#)
            let best = Double(fleet.calls)
            lines.append(
                curve(first: 0, color: color, at: top) { time in
                    Double(address.tokens.count { $0 <= time * best }) / Double(fleet.tokens)
                })
            lines.append(
                curve(first: 3, color: color, at: second) { time in
                    let part = (time - 0.05) * best..<time * best
                    return Double(address.calls.count(where: part.contains)) / (0.05 * best) / Double(highest)
                })
        }
        return (lines + ["</svg>", ""]).joined(separator: "\n")
    }

    private static func axes(_ title: String, highest: Int, unit: Int, at y: Int) -> [String] {
        let base = y + height
        var lines = [#"<text x="\#(left)" y="\#(y - 12)" font-weight="bold">\#(title)</text>"#]
        for value in stride(from: 0, through: highest, by: unit) {
            let line = base - value * height / highest
            lines.append(#"<path d="M\#(left) \#(line)H\#(left + width)" stroke="lightgray"/>"#)
            lines.append(#"<text x="\#(left - 8)" y="\#(line + 4)" text-anchor="end">\#(value)</text>"#)
        }
        for time in 0...Int(end) {
            let text = time == 0 ? "all come up" : time == 1 ? "at best" : "\(time) times"
            lines.append(#"<text x="\#(x(of: Double(time)))" y="\#(base + 18)" text-anchor="middle">\#(text)</text>"#)
        }
        return lines
    }

    /// - Parameter value: a share of the height for a time.
    private static func curve(first: Int, color: String, at y: Int, _ value: (Double) -> Double) -> String {
        let points = (first...steps).map { step in
            let time = Double(step) * end / Double(steps)
            return "\(x(of: time)),\(y + height - Int(value(time) * Double(height)))"
        }.joined(separator: " ")
        return #"<polyline points="\#(points)" fill="none" stroke="\#(color)" stroke-width="1.5"/>"#
    }

    private static func x(of time: Double) -> Int {
        left + Int(time / end * Double(width))
    }
}
