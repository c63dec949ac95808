internal import BearerJSON

/// The answer to `ping`.
package struct PongReply: Sendable, Equatable {
    package var version: String

    package init(version: String) {
        self.version = version
    }

    /// Appends the reply as a line, its ending included.
    package func encode(id: RequestID?, into output: inout [UInt8]) {
        output.appendLine(id: id) { json in
            json.member("pong", true)
            json.member("version", version)
        }
    }
}
