import Testing

/// Everything that upstream and the machine can do, over days and years of simulated time.
///
/// One test at a time: each keeps a core busy, and others beside them measure real time.
@Suite("Over simulated time", .serialized) enum SimulatedTime {}
