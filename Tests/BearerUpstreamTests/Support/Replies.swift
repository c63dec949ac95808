/// Replies of a server that is well.
enum Replies {
    static let registration = ok(#"{"client_id":"id-1","client_secret":"s3cret","client_id_issued_at":1763980000}"#)
    static let token = ok(#"{"access_token":"abc.def","token_type":"bearer","expires_in":21600}"#)

    static func ok(_ body: String) -> String {
        "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }
}
