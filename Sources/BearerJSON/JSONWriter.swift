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

extension JSONWriter {
    /// Writes a member that is a string.
    package mutating func member(_ name: String, _ text: String) {
        key(name)
        string(text)
    }

    /// Writes a member that is a number.
    package mutating func member(_ name: String, _ value: some BinaryInteger) {
        key(name)
        integer(value)
    }

    /// Writes a member that is `true` or `false`.
    package mutating func member(_ name: String, _ value: Bool) {
        key(name)
        bool(value)
    }

    /// Writes a member of any kind.
    package mutating func member(_ name: String, _ value: JSONValue) {
        key(name)
        self.value(value)
    }

    /// Writes any value.
    package mutating func value(_ value: JSONValue) {
        switch value {
        case .null: null()
        case .bool(let bool): self.bool(bool)
        case .number(let number): raw(number.text)
        case .string(let text): string(text)
        case .array(let elements): array { writer in for element in elements { writer.value(element) } }
        case .object(let object): self.object { writer in object.forEach { writer.member($0, $1) } }
        }
    }
}

extension JSONValue {
    /// The value as JSON, without white space.
    package var encoded: [UInt8] {
        var writer = JSONWriter()
        writer.value(self)
        return writer.bytes
    }
}

extension [UInt8] {
    fileprivate mutating func appendJSONString(_ text: String) {
        var text = text
        text.withUTF8 { appendJSONString(utf8: UnsafeRawBufferPointer($0)) }
    }

    /// Escapes what RFC 8259 section 7 requires and nothing else.
    fileprivate mutating func appendJSONString(utf8: UnsafeRawBufferPointer) {
        append(UInt8(ascii: "\""))
        if Self.needsEscapes(utf8) {
            for byte in utf8 { appendEscaped(byte) }
        } else {
            append(contentsOf: utf8)
        }
        append(UInt8(ascii: "\""))
    }

    /// Without an early exit or a branch, so that it becomes vector instructions: tokens are long and need no escape.
    private static func needsEscapes(_ utf8: UnsafeRawBufferPointer) -> Bool {
        var found: UInt8 = 0
        for index in 0..<utf8.count {
            let byte = utf8[index]
            found |= (byte < 0x20 ? 1 : 0) | (byte == UInt8(ascii: "\"") ? 1 : 0) | (byte == UInt8(ascii: "\\") ? 1 : 0)
        }
        return found != 0
    }

    private static func needsEscape(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    private mutating func appendEscaped(_ byte: UInt8) {
        guard Self.needsEscape(byte) else { return append(byte) }
        append(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\n"): append(UInt8(ascii: "n"))
        case UInt8(ascii: "\r"): append(UInt8(ascii: "r"))
        case UInt8(ascii: "\t"): append(UInt8(ascii: "t"))
        case 0x00..<0x20:
            append(contentsOf: byte < 0x10 ? "u000".utf8 : "u00".utf8)
            append(contentsOf: String(byte, radix: 16).utf8)
        default: append(byte)
        }
    }
}
