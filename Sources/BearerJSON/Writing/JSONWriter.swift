/// Writes JSON into bytes, with the commas where they belong.
///
/// Within ``object(_:)`` write members, within ``array(_:)`` values; nothing checks that.
package struct JSONWriter {
    /// What was written so far.
    package private(set) var bytes: [UInt8]
    /// Whether a member or element stands before the next one.
    private var needsComma = false

    /// Appends to `bytes`.
    package init(appendingTo bytes: consuming [UInt8] = []) {
        self.bytes = bytes
    }

    /// Writes an object; `members` writes its members.
    package mutating func object(_ members: (inout JSONWriter) -> Void) {
        enclose(UInt8(ascii: "{"), UInt8(ascii: "}"), members)
    }

    /// Writes an array; `elements` writes its elements.
    package mutating func array(_ elements: (inout JSONWriter) -> Void) {
        enclose(UInt8(ascii: "["), UInt8(ascii: "]"), elements)
    }

    /// Writes the key of a member; its value comes next.
    package mutating func key(_ name: String) {
        separate()
        bytes.appendJSONString(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// Writes a string, escaping what must be escaped.
    package mutating func string(_ text: String) {
        separate()
        bytes.appendJSONString(text)
    }

    /// Writes UTF-8 as a string. It is not checked: what is no UTF-8 makes no JSON.
    package mutating func string(utf8: UnsafeRawBufferPointer) {
        separate()
        bytes.appendJSONString(utf8: utf8)
    }

    /// Writes a number.
    package mutating func integer(_ value: some BinaryInteger) {
        raw(String(value))
    }

    /// Writes `true` or `false`.
    package mutating func bool(_ value: Bool) {
        raw(value ? "true" : "false")
    }

    /// Writes `null`.
    package mutating func null() {
        raw("null")
    }

    /// Writes a value that is JSON already.
    package mutating func raw(_ json: String) {
        separate()
        bytes.append(contentsOf: json.utf8)
    }

    private mutating func enclose(_ opening: UInt8, _ closing: UInt8, _ content: (inout JSONWriter) -> Void) {
        separate()
        bytes.append(opening)
        needsComma = false
        content(&self)
        bytes.append(closing)
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
    }
}

extension [UInt8] {
    /// Appends what `body` writes, without copying what is there.
    package mutating func appendJSON(_ body: (inout JSONWriter) -> Void) {
        var output: [UInt8] = []
        swap(&self, &output)
        var writer = JSONWriter(appendingTo: consume output)
        body(&writer)
        self = writer.bytes
    }
}
