extension JSONValue {
    /// Reads one value with nothing but white space around it.
    ///
    /// Refuses what ``JSONReader`` refuses, and a key that an object repeats. `maximumDepth` bounds the recursion.
    package init(
        parsing bytes: UnsafeRawBufferPointer, maximumDepth: Int = JSONReader.usualDepth
    ) throws(JSONError) {
        var reader = JSONReader(bytes, maximumDepth: maximumDepth)
        self = try reader.readValue()
        try reader.finish()
    }

    /// Reads one value with nothing but white space around it, see ``init(parsing:maximumDepth:)``.
    package init(
        parsing bytes: some Collection<UInt8>, maximumDepth: Int = JSONReader.usualDepth
    ) throws(JSONError) {
        let outcome = Array(bytes).withUnsafeBytes { buffer in
            Result { () throws(JSONError) in try JSONValue(parsing: buffer, maximumDepth: maximumDepth) }
        }
        self = try outcome.get()
    }
}

extension JSONReader {
    /// Reads any value. Refuses a key that an object repeats.
    package mutating func readValue() throws(JSONError) -> JSONValue {
        switch try peek() {
        case .null:
            try readNull()
            return .null
        case .bool: return .bool(try readBool())
        case .number: return .number(try readNumber())
        case .string: return .string(try readString().string)
        case .array: return .array(try readArray())
        case .object: return .object(try readObject())
        }
    }

    private mutating func readArray() throws(JSONError) -> [JSONValue] {
        var elements: [JSONValue] = []
        try beginArray()
        while try nextElement() { elements.append(try readValue()) }
        return elements
    }

    private mutating func readObject() throws(JSONError) -> JSONObject {
        var members: [(String, JSONValue)] = []
        try readMembers { (key, reader) throws(JSONError) in members.append((key.string, try reader.readValue())) }
        return JSONObject(members)
    }
}
