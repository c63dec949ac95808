internal import Glibc

/// Asks one question over bearerd's socket, as any program in any language can.
enum SocketClient {
    /// Sends `line` with its newline and returns the line that comes back. Blocks the calling thread, at most
    /// `patience` seconds for each step.
    static func ask(_ line: String, socket path: String, patience: Int = 12) throws(DemoError) -> String {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw .system("socket", code: errno) }
        defer { close(descriptor) }
        var limit = timeval(tv_sec: patience, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        try connect(descriptor, to: path)
        let request = Array((line + "\n").utf8)
        guard send(descriptor, request, request.count, Int32(MSG_NOSIGNAL)) == request.count else {
            throw .system("send to \(path)", code: errno)
        }
        return try receiveLine(descriptor, from: path)
    }

    private static func connect(_ descriptor: Int32, to path: String) throws(DemoError) {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let room = MemoryLayout.size(ofValue: address.sun_path) - 1
        guard path.utf8.count <= room else { throw .system(path, code: ENAMETOOLONG) }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0 else { throw .system("connect to \(path)", code: errno) }
    }

    private static func receiveLine(_ descriptor: Int32, from path: String) throws(DemoError) -> String {
        var line: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 4_096)
        while !line.contains(UInt8(ascii: "\n")) {
            let count = recv(descriptor, &piece, piece.count, 0)
            guard count >= 0 else { throw .system("receive from \(path)", code: errno) }
            guard count > 0 else { break }
            line += piece.prefix(count)
        }
        return String(decoding: line.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }
}

/// A reply that holds a token, for showing it without the token's whole length.
struct TokenReply {
    let token: String
    /// The reply with the first characters of the token only.
    let shortened: String

    private static let start = "\"access_token\":\""
    private static let shownCharacters = 16

    /// Nil when the reply holds no token.
    init?(_ reply: String) {
        guard let start = reply.firstRange(of: Self.start)?.upperBound,
            let end = reply[start...].firstIndex(of: "\"")
        else { return nil }
        token = String(reply[start..<end])
        shortened = reply[..<start] + token.prefix(Self.shownCharacters) + "…" + reply[end...]
    }
}
