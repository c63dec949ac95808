import AuthServerSimulator
import BearerJSON
import Glibc
import Testing

extension EndToEnd {
    @Suite("Conversations")
    struct ConversationTests {
        @Test("pipelined requests are answered in order, each with its id")
        func pipelining() async throws {
            try await Host.run { host in
                let daemon = try await host.start()
                let count: Int64 = 200
                let replies = try await blocking {
                    let connection = try Connection(to: daemon.socket)
                    let requests = (0..<count).map { number in
                        number.isMultiple(of: 2)
                            ? "{\"op\":\"token\",\"id\":\(number)}\n" : "{\"op\":\"ping\",\"id\":\"\(number)\"}\r\n"
                    }
                    try connection.send(requests.joined())
                    return try requests.map { _ in try connection.reply() }
                }
                let ids = replies.map { $0["id"]?.wholeNumber ?? $0["id"]?.string.flatMap(Int64.init) ?? -1 }
                #expect(ids == Array(0..<count))
                #expect(Set(replies.compactMap(\.token)).count == 1)
                #expect(replies.filter { $0.token != nil }.count == Int(count) / 2)
            }
        }

        @Test(
            "a client that half-closes gets its answer, also to a line without an end", arguments: ["\n", "\r\n", ""])
        func halfClose(ending: String) async throws {
            try await Host.run { host in
                // The first request has to wait for the token.
                host.simulator.script(.token, [.delay(.milliseconds(300))])
                let daemon = try await host.start()
                for _ in 0..<2 {
                    let (reply, rest) = try await blocking {
                        let connection = try Connection(to: daemon.socket)
                        try connection.send(#"{"op":"token"}"# + ending)
                        connection.halfClose()
                        return (try connection.reply(), try connection.line())
                    }
                    #expect(host.simulator.isValid(try #require(reply.token)))
                    #expect(rest == nil)
                }
            }
        }

        @Test("clients that vanish harm nobody and leave nothing behind")
        func vanishing() async throws {
            try await Host.run { host in
                let daemon = try await host.start()
                _ = try await daemon.token()
                let requests = ["", "{\"op\":", "{\"op\":\"token\"}\n", "{\"op\":\"watch\"}\n", "\u{0}garbage\n"]
                try await blocking {
                    for round in 0..<300 {
                        let connection = try Connection(to: daemon.socket)
                        try? connection.send(String(repeating: requests[round % requests.count], count: 1 + round % 7))
                        if round.isMultiple(of: 3) { connection.halfClose() }
                    }
                }
                // What was closed before is accounted for before this is answered.
                let status = try await eventually(daemon) { $0["connections"]?.wholeNumber == 1 }
                #expect(status["connections"]?.wholeNumber == 1)
                #expect(host.simulator.isValid(try await daemon.token()))
            }
        }

        @Test("a client that goes away ends its wait")
        func cancelledWait() async throws {
            try await Host.run { host in
                host.simulator.script(.token, [], then: .hang)
                let daemon = try await host.start()
                do {
                    let connection = try Connection(to: daemon.socket)
                    try connection.send("{\"op\":\"token\",\"wait\":300}\n")
                }
                let status = try await eventually(daemon) { $0["connections"]?.wholeNumber == 1 }
                #expect(status["connections"]?.wholeNumber == 1)
            }
        }

        /// Asks for `status` until it is as expected; the last one after 10 s.
        private func eventually(_ daemon: Daemon, _ isExpected: (Reply) -> Bool) async throws -> Reply {
            let end = ContinuousClock.now + .seconds(10)
            while true {
                let status = try await daemon.ask(#"{"op":"status"}"#)
                if isExpected(status) || ContinuousClock.now > end { return status }
            }
        }
    }
}
