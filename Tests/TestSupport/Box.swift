/// What tests keep on the loop's thread from one call to the next.
package final class Box<Value>: @unchecked Sendable {
    package var value: Value

    package init(_ value: Value) {
        self.value = value
    }
}
