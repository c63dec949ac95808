/// Ends the process, which libFuzzer reports as a crash with the input that caused it.
func require(_ condition: Bool, _ promise: @autoclosure () -> String) {
    if !condition { fatalError("broken: \(promise())") }
}

/// Whether a text is one line that does nothing to a terminal.
func isFitForMessages(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy { scalar in
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .format: false
        default: true
        }
    }
}

/// The value, or nil where it cannot be had; the error goes to `onError`.
func attempt<Value, Failure: Error>(
    _ body: () throws(Failure) -> Value, onError: (Failure) -> Void = { _ in }
) -> Value? {
    do throws(Failure) {
        return try body()
    } catch {
        onError(error)
        return nil
    }
}
