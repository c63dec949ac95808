extension JSONReader {
    /// Reads an object. Refuses a repeated key; `readMember` must read the one value that follows each key.
    package mutating func readMembers(
        _ readMember: (_ key: JSONText, _ reader: inout JSONReader) throws(JSONError) -> Void
    ) throws(JSONError) {
        var seen: Set<ExactKey> = []
        try beginObject()
        while let key = try nextKey() {
            guard seen.insert(ExactKey(name: key.string)).inserted else { throw key.repeated }
            try readMember(key, &self)
        }
    }

    /// Reads any value as strictly as ``readValue()`` and drops it, without a copy of its strings.
    package mutating func skipValue() throws(JSONError) {
        switch try peek() {
        case .null: try readNull()
        case .bool: _ = try readBool()
        case .number: _ = try readNumber()
        case .string: _ = try readString()
        case .object: try readMembers { (_, reader) throws(JSONError) in try reader.skipValue() }
        case .array:
            try beginArray()
            while try nextElement() { try skipValue() }
        }
    }
}

/// A key that equals another only byte by byte: `String` itself takes canonically equivalent texts for equal.
private struct ExactKey: Hashable {
    let name: String

    static func == (left: ExactKey, right: ExactKey) -> Bool {
        left.name.utf8.elementsEqual(right.name.utf8)
    }

    func hash(into hasher: inout Hasher) {
        var name = name
        name.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}
