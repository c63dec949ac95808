import Testing

/// Real processes against the simulated authorization server.
///
/// One test at a time: several measure how long something takes.
@Suite("End to end", .serialized, .timeLimit(.minutes(2)))
enum EndToEnd {}
