internal import BearerJSON

/// The answer to `reload` when the new configuration is in force.
package struct ReloadReply: Sendable, Equatable {
    package init() {}

    /// Appends the reply as a line, its ending included.
    package func encode(id: RequestID?, into output: inout [UInt8]) {
        output.appendLine(id: id) { json in json.member("reloaded", true) }
    }
}
