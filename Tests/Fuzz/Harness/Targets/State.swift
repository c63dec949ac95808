import BearerCore

@testable import BearerState

private let key: CredentialKey = {
    guard let statement = try? SoftwareStatement(cleaning: Secret("abcd.abcd.abcd")) else { fatalError() }
    return CredentialKey(profile: "default", server: "https://sp.auth.adobe.com", statement: statement)
}()

/// Credentials that can be used are the same when they are written and read again.
func fuzzCredentials(_ input: [UInt8]) {
    let read = { (bytes: [UInt8]) in
        attempt(
            { () throws(StateError.FileProblem) in try CredentialRecord(Secret(bytes), of: key) }, onError: checkMessage
        )
    }
    guard let record = read(input) else { return }
    let again = read(record.encoded(for: key))
    require(again?.stored == record.stored && again?.machineID == record.machineID, "credentials stay the same")
}

/// A history that can be used is the same when it is written and read again, and can be worked with.
func fuzzLedger(_ input: [UInt8]) {
    let read = { (bytes: [UInt8]) in
        attempt(
            { () throws(StateError.FileProblem) in try LedgerRecord.history(Secret(bytes), of: key) },
            onError: checkMessage)
    }
    guard var history = read(input) else { return }
    require(read(LedgerRecord.encoded(history, for: key)) == history, "a history stays the same")
    let now = Duration.seconds(1_700_000_000)
    require((.zero...(.seconds(3600))).contains(history.hold(at: now)), "no pause is longer than an hour")
    _ = history.mayReplace(at: now)
    history.settle(at: now)
    history.recordIntent(at: now)
    history.withdrawIntent()
}

private func checkMessage(_ problem: StateError.FileProblem) {
    require(isFitForMessages("\(StateError.unusableFile(path: "/file", problem))"), "no control characters in an error")
}
