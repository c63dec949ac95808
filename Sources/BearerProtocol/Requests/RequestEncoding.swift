internal import BearerCore
internal import BearerJSON

extension Request {
    /// Appends the request as a line, its ending included. What has its default value is left out.
    package func encode(into output: inout [UInt8]) {
        output.appendLine(id: id) { json in
            json.member("op", "\(operation.name.name)")
            operation.writeMembers(to: &json)
        }
    }
}

extension Operation {
    fileprivate var name: OperationName {
        switch self {
        case .token: .token
        case .renew: .renew
        case .watch: .watch
        case .status: .status
        case .ping: .ping
        case .reload: .reload
        case .register: .register
        }
    }

    fileprivate func writeMembers(to json: inout JSONWriter) {
        switch self {
        case .token(let request):
            write(profile: request.profile, to: &json)
            let minimumValidity = request.minimumValidity.components.seconds
            if minimumValidity != 0 { json.member("min_valid", minimumValidity) }
            write(wait: request.wait, to: &json)
        case .renew(let request):
            json.key("rejected")
            request.rejected.withBytes { json.string(utf8: $0) }
            write(profile: request.profile, to: &json)
            write(wait: request.wait, to: &json)
        case .watch(let profile), .status(let profile): write(profile: profile, to: &json)
        case .ping, .reload: break
        case .register(let profile, let force):
            write(profile: profile, to: &json)
            if force { json.member("force", true) }
        }
    }

    private func write(profile: String?, to json: inout JSONWriter) {
        if let profile { json.member("profile", profile) }
    }

    private func write(wait: Duration, to json: inout JSONWriter) {
        if wait != TokenRequest.usualWait { json.member("wait", wait.components.seconds) }
    }
}
