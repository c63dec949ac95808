/// The curves of two herds as SVG. Whole numbers only, so that the same calls always make the same text.
struct HerdPlot {
    private static let width = 720
    private static let height = 220
    private static let left = 60
    private static let top = 40
    private static let gap = 100
    /// Seconds of a step of the curve.
    private static let step = 10.0
    /// What is drawn, in seconds since the server was lost.
    private static let end = 5_400.0

    static func svg(serving: Herd, cold: Herd) -> String {
        let total = top + 2 * height + gap + 60
        var lines = [
            #"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \#(left + width + 20) \#(total)" "#
                + #"font-family="sans-serif" font-size="12">"#,
            #"<rect width="100%" height="100%" fill="white"/>"#,
        ]
        lines += panel(
            "\(Herd.hosts) hosts with a current token: calls a second", serving, highest: 8, unit: 2, at: top)
        lines += panel(
            "\(Herd.hosts) hosts without a token: calls a second", cold, highest: 120, unit: 20, at: top + height + gap)
        return (lines + ["</svg>", ""]).joined(separator: "\n")
    }

    private static func panel(_ title: String, _ herd: Herd, highest: Int, unit: Int, at y: Int) -> [String] {
        let base = y + height
        var lines = [#"<text x="\#(left)" y="\#(y - 12)" font-weight="bold">\#(title)</text>"#]
        let (lost, back) = (x(of: 0), x(of: Herd.outage))
        lines.append(#"<rect x="\#(lost)" y="\#(y)" width="\#(back - lost)" height="\#(height)" fill="whitesmoke"/>"#)
        for value in stride(from: 0, through: highest, by: unit) {
            let line = base - value * height / highest
            lines.append(#"<path d="M\#(left) \#(line)H\#(left + width)" stroke="lightgray"/>"#)
            lines.append(#"<text x="\#(left - 8)" y="\#(line + 4)" text-anchor="end">\#(value)</text>"#)
        }
        for minute in stride(from: -10, through: Int(end) / 60, by: 10) {
            let text = minute == 0 ? "server lost" : minute == 60 ? "server back" : "\(minute) min"
            lines.append(
                #"<text x="\#(x(of: Double(minute) * 60))" y="\#(base + 18)" text-anchor="middle">\#(text)</text>"#)
        }
        let points = herd.counts(each: step, until: end).enumerated().map { index, count in
            // A count is that of ten seconds.
            "\(x(of: (Double(index) + 0.5) * step - Herd.before)),\(base - count * height / (highest * Int(step)))"
        }
        lines.append(
            #"<polyline points="\#(points.joined(separator: " "))" fill="none" stroke="seagreen" stroke-width="1.5"/>"#)
        return lines
    }

    private static func x(of seconds: Double) -> Int {
        left + Int((seconds + Herd.before) / (end + Herd.before) * Double(width))
    }
}
