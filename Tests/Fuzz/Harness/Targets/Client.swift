import BearerCore
import BearerProtocol
import BearerUpstream

/// Client credentials that are taken are of the form that a request for a token needs, and the same when they are exported
/// and pasted again.
func fuzzClient(_ input: [UInt8]) {
    let client = attempt {
        () throws(PastedCredentialsError) in
        try ClientCredentials(pasted: Secret(input))
    } onError: { error in
        require(isFitForMessages("\(error)"), "no control characters in an error")
    }
    guard let client else { return }
    require((1...1024).contains(client.clientID.utf8.count) && isFitForMessages(client.clientID), "the id")
    require((1...4096).contains(client.clientSecret.count), "the secret")
    var exported: [UInt8] = []
    ExportReply(profile: "p", clientID: client.clientID, clientSecret: client.clientSecret).encodeClient(
        into: &exported)
    let again = attempt { () throws(PastedCredentialsError) in try ClientCredentials(pasted: Secret(exported)) }
    require(again == client, "what is exported can be pasted")
}
