/// A line with a token, as the daemon writes it.
func tokenLine(_ token: String, generation: Int? = nil) -> String {
    let number = generation.map { #","generation":\#($0)"# } ?? ""
    return #"{"access_token":"\#(token)","token_type":"bearer","expires_in":60,"expires_at":1763980000,"#
        + #""profile":"default"\#(number)}"# + "\n"
}

func errorLine(_ code: String, _ description: String = "because", retryAfter: Int? = nil) -> String {
    let member = retryAfter.map { #","retry_after":\#($0)"# } ?? ""
    return #"{"error":"\#(code)","error_description":"\#(description)"\#(member)}"# + "\n"
}

let askForToken = #"{"op":"token"}"#
