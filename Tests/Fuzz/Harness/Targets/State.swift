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
func fuzzHistory(_ input: [UInt8]) {
    let read = { (bytes: [UInt8]) in
        attempt(
            { () throws(StateError.FileProblem) in try RegistrationHistoryCoding.read(Secret(bytes), of: key) },
            onError: checkMessage)
    }
    guard let record = read(input) else { return }
    require(read(RegistrationHistoryCoding.encoded(record, for: key)) == record, "a history stays the same")
    let now = ClockReading(boot: .seconds(3_600), wall: .seconds(1_700_000_000))
    for boot in [record.bootID, "another", nil] {
        var history = RegistrationHistory(record, bootID: boot, at: now)
        require((.zero...(.seconds(3600))).contains(history.hold(at: now.boot)), "no pause is longer than an hour")
        let day = now.boot + RegistrationHistory.replacementInterval
        require(history.mayReplace(at: day), "no replacement forbids another for longer than a day")
        history.recordIntent(replacing: true, at: now.boot)
        _ = RegistrationRecord(history, bootID: boot, at: ClockReading(boot: now.boot, wall: .zero))
    }
}

/// What is kept for the disk says itself whose it is, and is the same when it is written and read again.
func fuzzUnsaved(_ input: [UInt8]) {
    for part in UnsavedFile.Part.allCases {
        let read = { (bytes: [UInt8]) in
            attempt(
                { () throws(StateError.FileProblem) in try UnsavedFile(part, Secret(bytes)) }, onError: checkMessage)
        }
        guard let file = read(input) else { continue }
        require(file.part == part, "a file is of the part that it was read as")
        require(read(file.encoded()) == file, "a file stays the same")
    }
}

private func checkMessage(_ problem: StateError.FileProblem) {
    require(isFitForMessages("\(StateError.unusableFile(path: "/file", problem))"), "no control characters in an error")
}
