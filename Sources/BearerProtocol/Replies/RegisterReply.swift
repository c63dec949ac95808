internal import BearerJSON

/// The answer to `register` when the new credentials are in use.
package struct RegisterReply: Sendable, Equatable {
    package var profile: String
    /// Of the new credentials.
    package var clientID: String

    package init(profile: String, clientID: String) {
        self.profile = profile
        self.clientID = clientID
    }

    /// What it means for people.
    package static let notice = "viewers have to sign in again: their profiles belong to the old credentials"

    /// Appends the reply as a line, its ending included.
    package func encode(id: RequestID?, into output: inout [UInt8]) {
        output.appendLine(id: id) { json in
            json.member("registered", true)
            json.member("profile", profile)
            json.member("client_id", clientID)
            json.member("notice", Self.notice)
        }
    }
}
