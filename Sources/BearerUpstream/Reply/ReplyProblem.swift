/// What is wrong with a member of a reply: found, expected, never its content.
struct ReplyProblem: Error, Equatable {
    let detail: String

    init(_ detail: String) {
        self.detail = detail
    }
}
