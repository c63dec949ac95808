import AuthServerSimulator
import BearerCore
import BearerProtocol
import TestSupport
import Testing

@testable import BearerService

/// The broker on a real file system that is full or read-only.
@Suite(.enabled(if: Mount.isPermitted, "SKIPPED: only root with CAP_SYS_ADMIN can mount the disks that fail"))
struct FailingDiskTests {
    enum Disk: CaseIterable { case full, readOnly }

    @Test("a disk that takes nothing stops nothing: from memory first, on disk later", arguments: Disk.allCases)
    func broker(disk: Disk) async throws {
        let mount = try Mount(size: "256k")
        var setup = BrokerSetup()
        setup.state = mount.directory
        try await withBroker(setup) { test in
            await test.settle()
            await eventually("there is a token") { await test.broker.tokenCount == 1 }
            let client = try await test.connect(as: .root)
            if disk == .full { mount.fill() } else { try #require(mount.remount(readOnly: true)) }
            let old = await test.broker.clientID()
            _ = try await client.line(after: #"{"op":"register","force":true}"#)
            #expect(await test.broker.clientID() != old)
            await eventually("there is a token of the new client") { await test.broker.generation() == 2 }
            for _ in 0..<3 { await test.advance(by: .seconds(31)) }
            #expect(
                try StatusReply.parse(try await client.line(after: #"{"op":"status"}"#)).profiles[0].isStateDurable
                    == false)
            if disk == .full { mount.makeRoom() } else { try #require(mount.remount(readOnly: false)) }
            await eventually("everything is written") {
                // A write that failed a moment ago may still have to be reported.
                await test.advance(by: .seconds(31))
                return !test.log.entries(of: .stateDurable).isEmpty
            }
            #expect(test.log.entries(of: .stateNotDurable).count == 1)
            let kept = mount.directory.names(in: "default").filter { $0.hasPrefix("client-") }
            #expect(kept.count == 2, "the new ones, and the old ones aside: \(kept)")
            let current = kept.first { $0.hasSuffix(".json") } ?? ""
            let text = String(decoding: mount.directory.read("default/\(current)") ?? [], as: UTF8.self)
            #expect(text.contains(await test.broker.clientID() ?? "none"))
            #expect(test.registrations == 2)
        }
    }

    @Test("what was not written when the daemon is told to stop is written then, if there is room by now")
    func stop() async throws {
        let mount = try Mount(size: "256k")
        var setup = BrokerSetup()
        setup.state = mount.directory
        try await withBroker(setup) { test in
            await test.settle()
            await eventually("there is a token") { await test.broker.tokenCount == 1 }
            mount.fill()
            let client = try await test.connect(as: .root)
            _ = try await client.line(after: #"{"op":"register","force":true}"#)
            await eventually("it is not written") { test.log.events.contains(.stateNotDurable) }
            mount.makeRoom()
            await test.broker.stop()
            await test.ended()
            #expect(test.log.entries(of: .stateDurable).count == 1)
            let names = mount.directory.names(in: "default").filter { $0.hasPrefix("client-") && $0.hasSuffix(".json") }
            let text = String(decoding: mount.directory.read("default/\(names.first ?? "")") ?? [], as: UTF8.self)
            #expect(text.contains(await test.broker.clientID() ?? "none"))
        }
    }

    @Test("a history that is not written yet is not lost by a reload: server and statement stay until it is")
    func reload() async throws {
        let mount = try Mount(size: "256k")
        try #require(mount.remount(readOnly: true))
        var setup = BrokerSetup()
        setup.state = mount.directory
        try await withBroker(setup, prepare: { $0.server.script(.register, [], then: .status(500)) }) { test in
            await eventually("it is not written") { test.log.events.contains(.stateNotDurable) }
            await eventually("it is not answered") { await test.broker.failures() > 0 }
            test.reloads.prepare([try .sample(server: test.server.baseURL, statement: "bmV3.bmV3.bmV3")])
            let root = try await test.connect(as: .root)
            let error = try await root.ask(#"{"op":"reload"}"#).error()
            #expect(error.code == .invalidRequest && error.description.contains("registration history"))
            test.reloads.prepare([try .sample(server: test.server.baseURL)])
            _ = try await root.line(after: #"{"op":"reload"}"#)
        }
    }
}
