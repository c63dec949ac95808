import AuthServerSimulator
import BearerCore
import BearerUpstream
import NIOPosix
import TestSupport

@testable import BearerService

/// What one fault comes to, over simulated days: the cells of its row.
struct FaultRow {
    let fault: FaultCase
    let outcome: FaultCase.Outcome
    let days: FaultDays

    static let columns = [
        "Fault", "Endpoint", "`BEARERD_EVENT`, an entry each", "`BEARERD_ERROR`", "Client without a token",
        "Calls while a token of 6 h lasts", "Calls in a day without one", "May waste a registration",
    ]

    init(_ fault: FaultCase, files: ProfileFiles) async throws {
        self.fault = fault
        outcome = try await fault.outcome()
        // On a thread of its own: a day takes long enough to keep other tests from running.
        days = try await NIOThreadPool.singleton.runIfActive { [outcome] in try FaultDays.of(fault, outcome, files) }
    }

    var failure: ExchangeFailure? {
        if case .failed(let failure) = outcome { failure } else { nil }
    }

    var cells: [String] {
        [
            fault.name, fault.endpoint.rawValue, Self.text(of: told.map(\.event)),
            told.compactMap { $0.fields[.error] }.first.map { "`\($0)`" } ?? "–",
            days.clientError.map { "`\($0)`" } ?? "a token", Self.text(of: days.callsWhileServing),
            Self.text(of: days.callsInADay),
            failure?.isUnanswered == true && fault.endpoint == .register ? "yes" : "no",
        ]
    }

    /// The entries of the journal since the fault began: of a failing registration, where there is nothing yet; of a
    /// failing token request, after the current token was obtained.
    private var told: ArraySlice<JournalEntry> {
        fault.endpoint == .register ? days.cold[0].entries[...] : days.serving[0].entries.dropFirst()
    }

    private static func text(of counts: [Int]) -> String {
        let (least, most) = (counts.min() ?? 0, counts.max() ?? 0)
        return least == most ? "\(least)" : "\(least)–\(most)"
    }

    /// Runs of one event are counted.
    private static func text(of events: [JournalEvent]) -> String {
        var runs: [(event: JournalEvent, count: Int)] = []
        for event in events {
            if let last = runs.last, last.event == event {
                runs[runs.count - 1].count += 1
            } else {
                runs.append((event, 1))
            }
        }
        return runs.map { "`\($0.event.rawValue)`" + ($0.count == 1 ? "" : " ×\($0.count)") }.joined(separator: ", ")
    }
}
