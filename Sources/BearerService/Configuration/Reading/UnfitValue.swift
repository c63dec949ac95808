/// Why a text is not what its key wants.
struct UnfitValue: Error, Equatable {
    /// Goes after the key: `has a query`. Nil: `is` and the value itself.
    var found: String?
    /// Goes after `expected`.
    var expected: String
}
