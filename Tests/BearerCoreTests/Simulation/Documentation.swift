import Glibc
import Testing

/// The documentation that the simulations here are held to.
enum Documentation {
    private static let folder =
        "\("\(#filePath)".split(separator: "/Tests/BearerCoreTests/")[0])/Sources/BearerService/BearerService.docc"

    static func path(_ file: String) -> String { "\(folder)/\(file)" }

    /// Expects `svg` to be the plot of that name; writes it there first if BEARERD_WRITE_PLOTS is set.
    static func expectPlot(_ name: String, _ svg: String) throws {
        let path = path("Resources/\(name).svg")
        if getenv("BEARERD_WRITE_PLOTS") != nil { try #require(write(svg, to: path)) }
        let isDocumented = read(path) == svg
        #expect(isDocumented, "the plot is another: run this test once with BEARERD_WRITE_PLOTS=1, and look at it")
    }

    private static func write(_ text: String, to path: String) -> Bool {
        guard let file = fopen(path, "w") else { return false }
        return fputs(text, file) >= 0 && fclose(file) == 0
    }

    private static func read(_ path: String) -> String? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        let count = fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes.prefix(count), as: UTF8.self)
    }
}
