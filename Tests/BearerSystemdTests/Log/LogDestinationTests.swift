import Glibc
import TestSupport
import Testing

@testable import BearerSystemd

@Suite struct LogDestinationTests {
    let pipe = Pipe()

    private func detect(_ descriptor: Int32, _ environment: [String: String]) -> LogDestination {
        LogDestination.detect(stderr: descriptor) { environment[$0] }
    }

    private func identity(of descriptor: Int32) -> String {
        var status = stat()
        fstat(descriptor, &status)
        return "\(status.st_dev):\(status.st_ino)"
    }

    @Test("the journal only when stderr is the very stream that systemd connected to it")
    func journal() {
        #expect(detect(pipe.input, ["JOURNAL_STREAM": identity(of: pipe.input)]) == .journal)
        let inherited = detect(pipe.input, ["JOURNAL_STREAM": identity(of: Pipe().input)])
        #expect(inherited == .lines(colours: false))
        #expect(detect(pipe.input, ["JOURNAL_STREAM": "nonsense"]) == .lines(colours: false))
        #expect(detect(-1, ["JOURNAL_STREAM": "0:0"]) == .lines(colours: false))
    }

    static let terminals: [([String: String], Bool)] = [
        ([:], true), (["TERM": "xterm"], true), (["NO_COLOR": ""], true),
        (["NO_COLOR": "1"], false), (["TERM": "dumb"], false),
    ]

    @Test("colours on a terminal, unless they are not wanted", arguments: terminals)
    func colours(environment: [String: String], expected: Bool) {
        let terminal = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        defer { close(terminal) }
        #expect(detect(terminal, environment) == .lines(colours: expected))
    }

    @Test("no colours into a pipe")
    func noTerminal() {
        #expect(detect(pipe.input, [:]) == .lines(colours: false))
    }
}
