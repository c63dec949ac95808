import BearerProtocol

/// However the bytes are cut, the same lines come out, none longer than the limit. The first byte says how they are cut.
func fuzzLines(_ input: [UInt8]) {
    let limit = 40
    let bytes = input.dropFirst()
    let whole = lines(bytes, chunk: max(1, bytes.count), limit)
    let cut = lines(bytes, chunk: Int(input.first ?? 0) % 16 + 1, limit)
    require(whole == cut, "lines do not depend on packets")
    for case .complete(let line) in whole {
        require(line.count <= limit, "a line is within the limit")
        require(!line.contains(UInt8(ascii: "\n")), "a line has no line feed")
    }
}

private func lines(_ bytes: ArraySlice<UInt8>, chunk: Int, _ limit: Int) -> [LineAssembler.Line] {
    var assembler = LineAssembler(limit: limit)
    var lines: [LineAssembler.Line] = []
    var rest = bytes
    while !rest.isEmpty, lines.last != .tooLarge {
        rest.prefix(chunk).withUnsafeBytes { assembler.append($0) }
        rest = rest.dropFirst(chunk)
        while lines.last != .tooLarge, let line = assembler.next() { lines.append(line) }
    }
    if lines.last != .tooLarge, let line = assembler.finish() { lines.append(line) }
    return lines
}
