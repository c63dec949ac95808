import BearerCore

/// What is left of a statement when it is cleaned is clean.
func fuzzStatement(_ input: [UInt8]) {
    let statement = attempt {
        () throws(SoftwareStatementError) in
        try SoftwareStatement(cleaning: Secret(input))
    } onError: { error in
        require(isFitForMessages("\(error)"), "no control characters in an error")
    }
    guard let statement else { return }
    let again = attempt { () throws(SoftwareStatementError) in try SoftwareStatement(cleaning: statement.secret) }
    require(again == statement, "a clean statement stays the same")
}
