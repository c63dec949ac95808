internal import BearerCore
internal import BearerJSON

extension Request {
    /// Reads one line, without its ending.
    ///
    /// The members may come in any order. A number of seconds may be written in any way that is whole (`10`, `1e1`);
    /// an `id` must be an integer without fraction or exponent, since it is echoed as sent.
    package static func parse(line: UnsafeRawBufferPointer) throws(RequestError) -> Request {
        var fields = RequestFields()
        do {
            try fields.read(line)
        } catch {
            throw RequestError(id: fields.id, "not a JSON object: \(error)")
        }
        return Request(id: fields.id, try fields.checkedOperation())
    }

    /// Reads one line, see ``parse(line:)-(UnsafeRawBufferPointer)``.
    package static func parse(line: ArraySlice<UInt8>) throws(RequestError) -> Request {
        let outcome = line.withUnsafeBytes { bytes in
            Result { () throws(RequestError) in try parse(line: bytes) }
        }
        return try outcome.get()
    }
}

extension RequestFields {
    fileprivate func checkedOperation() throws(RequestError) -> Operation {
        guard let operation else { throw RequestError(id: id, problem ?? missingOperation) }
        if let unknownKey {
            let hint = suggestion(for: unknownKey, among: operation.keys)
            throw RequestError(id: id, "unknown key '\(unknownKey)'\(hint); \(knownKeys(of: operation))")
        }
        if let foreign = seen.subtracting(operation.keys).names.first {
            throw RequestError(id: id, "\(foreign): not a key of \(operation.name); \(knownKeys(of: operation))")
        }
        if let problem { throw RequestError(id: id, problem) }
        return try build(operation)
    }

    private func build(_ operation: OperationName) throws(RequestError) -> Operation {
        let wait = wait.map { Duration.seconds($0) } ?? TokenRequest.usualWait
        switch operation {
        case .token:
            return .token(
                TokenRequest(profile: profile, minimumValidity: .seconds(minimumValidity ?? 0), wait: wait))
        case .renew:
            guard let rejected else {
                throw RequestError(id: id, "rejected: found nothing, expected \(RequestKey.rejected.expectation)")
            }
            return .renew(RenewRequest(profile: profile, rejected: rejected, wait: wait))
        case .watch: return .watch(profile: profile)
        case .status: return .status(profile: profile)
        case .ping: return .ping
        case .reload: return .reload
        case .register: return .register(profile: profile, force: force ?? false)
        }
    }

    private var missingOperation: String {
        let unknown = unknownKey.map { ", unknown key '\($0)'" + suggestion(for: $0, among: RequestKeys(.operation)) }
        return "op: found nothing\(unknown ?? ""), expected \(RequestKey.operation.expectation)"
    }

    private func suggestion(for unknownKey: String, among keys: RequestKeys) -> String {
        Spelling.nearest(to: unknownKey, among: keys.names).map { " (did you mean '\($0)'?)" } ?? ""
    }

    private func knownKeys(of operation: OperationName) -> String {
        "\(operation.name) knows \(operation.keys.names.joined(separator: ", "))"
    }
}
