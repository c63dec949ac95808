/// The members of a JSON object, in the order in which they were sent.
///
/// Keys are looked up byte by byte, as RFC 8259 section 8.3 advises; objects are equal if their order is, too.
package struct JSONObject: Sendable, Equatable {
    private let members: [Member]

    /// Whoever builds an object sees to it that no key is repeated; of repeated ones, the first is found.
    package init(_ members: [(String, JSONValue)]) {
        self.members = members.map(Member.init)
    }

    /// The value of a member, nil if there is none.
    package subscript(key: String) -> JSONValue? {
        members.first { $0.key.utf8.elementsEqual(key.utf8) }?.value
    }

    /// The keys, in order.
    package var keys: [String] { members.map(\.key) }

    /// Visits the members, in order.
    package func forEach(_ body: (_ key: String, _ value: JSONValue) -> Void) {
        for member in members { body(member.key, member.value) }
    }
}

private struct Member: Sendable, Equatable {
    let key: String
    let value: JSONValue
}
