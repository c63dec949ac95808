import BearerCore

/// A name that is understood consists of just what was understood of it.
func fuzzPeer(_ input: [UInt8]) {
    for address in [input, [0] + input] {
        guard let peer = CredentialPeer(abstractAddress: address) else { continue }
        let digits = address.prefix { $0 != UInt8(ascii: "/") }
        require(address == digits + Array("/unit/\(peer.unit)/\(peer.credential)".utf8), "nothing is passed over")
        require(digits.first == 0 && (2...17).contains(digits.count), "1 to 16 digits")
        require(digits.dropFirst().allSatisfy { "0123456789abcdef".utf8.contains($0) }, "hexadecimal digits")
        require(isFitForMessages(peer.unit + peer.credential), "no control characters in a name")
        require(UnitPattern(peer.unit).matches(peer.unit), "a unit matches itself")
        require(UnitPattern("*").matches(peer.unit), "* matches all")
    }
}
