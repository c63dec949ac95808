internal import BearerCore
internal import CCurl

/// One POST over libcurl, from the options of its handle to what came of it. Lives on the thread of ``CurlThread``.
final class CurlTransfer {
    let easy: UnsafeMutableRawPointer
    private let request: OutgoingRequest
    private let options: TransferOptions
    private let reply: ReplyBuffer
    private var headers: UnsafeMutablePointer<curl_slist>?
    private var addresses: UnsafeMutablePointer<curl_slist>?
    private let message = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
    private var sent = 0
    private var hasBegunTLS = false

    /// - Throws: what libcurl says of an option, or of there being no memory.
    init(_ request: OutgoingRequest, _ options: TransferOptions) throws(CurlError) {
        guard let easy = curl_easy_init() else { throw CurlError(CURLE_OUT_OF_MEMORY) }
        self.easy = easy
        self.request = request
        self.options = options
        reply = ReplyBuffer(bodyLimit: options.limits.bodyBytes)
        message.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        try setServer()
        try setRequest()
        try setCallbacks()
    }

    /// The handle must not be in use any more.
    deinit {
        curl_easy_cleanup(easy)
        curl_slist_free_all(headers)
        curl_slist_free_all(addresses)
        message.deallocate()
    }

    /// What came of it, once libcurl says that it is over.
    func end(_ code: CURLcode) -> TransferEnd {
        var end = TransferEnd(code: code)
        end.isSent = ccurl_get_offset(easy, CURLINFO_SIZE_UPLOAD_T) > 0
        end.hasBegunTLS = hasBegunTLS
        end.proxyStatus = ccurl_get_long(easy, CURLINFO_HTTP_CONNECTCODE)
        end.verification = ccurl_get_long(easy, CURLINFO_SSL_VERIFYRESULT)
        end.systemError = CInt(truncatingIfNeeded: ccurl_get_long(easy, CURLINFO_OS_ERRNO))
        end.message = String(cString: message)
        end.isHeadTooLong = reply.isHeadTooLong
        end.reply = httpReply(code)
        return end
    }
}

// MARK: - Options, see curl_easy_setopt(3)

extension CurlTransfer {
    private func setServer() throws(CurlError) {
        try set(CURLOPT_URL, request.url)
        // http:// carries secrets in the clear: only where nothing leaves the host.
        try set(CURLOPT_PROTOCOLS_STR, request.isLoopback ? "https,http" : "https")
        // Empty: none, and none from the environment either.
        let proxy = request.isLoopback ? nil : options.proxy
        try set(CURLOPT_PROXY, proxy?.url ?? "")
        try set(CURLOPT_NOPROXY, "")
        try set(CURLOPT_HTTPPROXYTUNNEL, 1)
        try set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        try setTrust()
        if request.isLoopback, request.host == "localhost" { try resolveLocalhost() }
        // A connection that was kept could die under a request, leaving it open whether the server acted.
        try set(CURLOPT_FRESH_CONNECT, 1)
        try set(CURLOPT_FORBID_REUSE, 1)
        try set(CURLOPT_DNS_CACHE_TIMEOUT, 30)
        // A resolver that hangs must not hold up the thread when its exchange is over.
        try set(CURLOPT_QUICK_EXIT, 1)
        try set(CURLOPT_NOSIGNAL, 1)
        try setLimit(CURLOPT_CONNECTTIMEOUT_MS, options.limits.connect)
        try setLimit(CURLOPT_TIMEOUT_MS, options.limits.exchange)
    }

    private func setTrust() throws(CurlError) {
        try set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        try set(CURLOPT_SSL_VERIFYPEER, 1)
        try set(CURLOPT_SSL_VERIFYHOST, 2)
        guard let authorities = options.authorities else { return }
        // Without this the directory of the system's authorities is trusted as well.
        try check(ccurl_set_pointer(easy, CURLOPT_CAPATH, nil))
        let code = authorities.withUnsafeBytes { ccurl_set_blob(easy, CURLOPT_CAINFO_BLOB, $0.baseAddress, $0.count) }
        try check(code)
    }

    /// The name service is not asked for it, since it could say anything.
    private func resolveLocalhost() throws(CurlError) {
        let port = request.port ?? (request.url.hasPrefix("https:") ? 443 : 80)
        addresses = try appended(to: nil, "localhost:\(port):127.0.0.1,[::1]")
        try check(ccurl_set_pointer(easy, CURLOPT_RESOLVE, addresses))
    }

    private func setRequest() throws(CurlError) {
        try set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        try set(CURLOPT_POST, 1)
        try set(CURLOPT_POSTFIELDSIZE, request.body.count)
        try set(CURLOPT_FOLLOWLOCATION, 0)
        for line in request.headerLines + ["Expect:"] {
            // libcurl sends lines as they are.
            guard line.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
                throw CurlError(CURLE_BAD_FUNCTION_ARGUMENT)
            }
            headers = try appended(to: headers, line)
        }
        try check(ccurl_set_pointer(easy, CURLOPT_HTTPHEADER, headers))
        // Those of the request are not for the proxy.
        try set(CURLOPT_HEADEROPT, Int(CURLHEADER_SEPARATE))
        try check(ccurl_set_pointer(easy, CURLOPT_ERRORBUFFER, message))
    }

    private func setCallbacks() throws(CurlError) {
        let own = Unmanaged.passUnretained(self).toOpaque()
        for option in [CURLOPT_READDATA, CURLOPT_HEADERDATA, CURLOPT_WRITEDATA, CURLOPT_SSL_CTX_DATA] {
            try check(ccurl_set_pointer(easy, option, own))
        }
        try check(
            ccurl_set_callback(easy, CURLOPT_READFUNCTION) { room, _, count, own in
                CurlTransfer.of(own)?.fill(UnsafeMutableRawBufferPointer(start: room, count: count))
                    ?? Int(CURL_READFUNC_ABORT)
            })
        try check(
            ccurl_set_callback(easy, CURLOPT_HEADERFUNCTION) { line, _, count, own in
                let line = UnsafeRawBufferPointer(start: line, count: count)
                return CurlTransfer.of(own)?.reply.takeHeader(line) == true ? count : 0
            })
        try check(
            ccurl_set_callback(easy, CURLOPT_WRITEFUNCTION) { bytes, _, count, own in
                let bytes = UnsafeRawBufferPointer(start: bytes, count: count)
                return CurlTransfer.of(own)?.takeBody(bytes) == true ? count : 0
            })
        try check(
            ccurl_set_tls_callback(easy) { _, _, own in
                CurlTransfer.of(own)?.hasBegunTLS = true
                return CURLE_OK
            })
    }

    /// To libcurl 0 means no limit.
    private func setLimit(_ option: CURLoption, _ limit: Duration) throws(CurlError) {
        try set(option, max(1, Int(limit.millisecondsRoundedUp)))
    }

    private func set(_ option: CURLoption, _ value: Int) throws(CurlError) {
        try check(ccurl_set_long(easy, option, value))
    }

    private func set(_ option: CURLoption, _ value: String) throws(CurlError) {
        try check(value.withCString { ccurl_set_pointer(easy, option, $0) })
    }

    private func check(_ code: CURLcode) throws(CurlError) {
        guard code == CURLE_OK else { throw CurlError(code) }
    }

    private func appended(
        to list: UnsafeMutablePointer<curl_slist>?, _ line: String
    ) throws(CurlError) -> UnsafeMutablePointer<curl_slist> {
        guard let list = curl_slist_append(list, line) else { throw CurlError(CURLE_OUT_OF_MEMORY) }
        return list
    }
}

// MARK: - What goes out and comes in

extension CurlTransfer {
    private static func of(_ pointer: UnsafeMutableRawPointer?) -> CurlTransfer? {
        pointer.map { Unmanaged<CurlTransfer>.fromOpaque($0).takeUnretainedValue() }
    }

    /// Copies what is left of the body, straight from where the secret lies.
    private func fill(_ room: UnsafeMutableRawBufferPointer) -> Int {
        request.body.withBytes { bytes in
            let piece = bytes[sent...].prefix(room.count)
            room.copyBytes(from: piece)
            sent += piece.count
            return piece.count
        }
    }

    /// False ends the transfer: nothing more of the body could matter, or there is too much of it.
    private func takeBody(_ bytes: UnsafeRawBufferPointer) -> Bool {
        HTTPReply.readsBody(status: status) && reply.takeBody(bytes)
    }

    /// Of the reply itself, not of the proxy or of what came before it (1xx); 0 if there is none.
    private var status: Int {
        let status = ccurl_get_long(easy, CURLINFO_RESPONSE_CODE)
        return status >= 200 ? status : 0
    }

    private func httpReply(_ code: CURLcode) -> HTTPReply? {
        guard status > 0, !reply.isHeadTooLong else { return nil }
        return HTTPReply(
            status: status, contentType: header("Content-Type"), contentEncoding: header("Content-Encoding"),
            retryAfter: header("Retry-After"), date: header("Date"),
            body: body(code))
    }

    private func body(_ code: CURLcode) -> HTTPReply.Body {
        guard HTTPReply.readsBody(status: status) else { return .unread }
        if reply.isBodyTooLong { return .longer(than: options.limits.bodyBytes) }
        switch code {
        case CURLE_OK: return .whole(reply.body)
        case CURLE_OPERATION_TIMEDOUT: return .late
        default: return .cut
        }
    }

    private func header(_ name: String) -> String? {
        var found: UnsafeMutablePointer<curl_header>?
        guard curl_easy_header(easy, name, 0, UInt32(CURLH_HEADER), -1, &found) == CURLHE_OK else { return nil }
        return found.flatMap { $0.pointee.value.map { String(cString: $0) } }
    }
}

/// What holds for every transfer of a client.
struct TransferOptions: Sendable {
    let limits: UpstreamLimits
    let proxy: UpstreamProxy?
    /// Certificates in PEM; nil for the system's, which libcurl reads at each exchange.
    let authorities: [UInt8]?
}

/// Why libcurl did not take a transfer.
struct CurlError: Error {
    let code: CURLcode

    init(_ code: CURLcode) {
        self.code = code
    }
}

/// The body of a reply while it arrives, in memory that is wiped at the end; and how long the head is.
final class ReplyBuffer {
    /// All lines before the body together, those of interim replies (1xx) among them, in bytes.
    static let headLimit = 65_536

    private let bytes: UnsafeMutableRawBufferPointer
    private var count = 0
    private var headCount = 0
    private(set) var isBodyTooLong = false
    var isHeadTooLong: Bool { headCount > Self.headLimit }

    init(bodyLimit: Int) {
        bytes = .allocate(byteCount: bodyLimit, alignment: 1)
    }

    deinit {
        Secret.wipe(UnsafeMutableRawBufferPointer(rebasing: bytes[..<count]))
        bytes.deallocate()
    }

    var body: Secret { Secret(UnsafeRawBufferPointer(rebasing: bytes[..<count])) }

    /// False when there is too much of it.
    func takeHeader(_ line: UnsafeRawBufferPointer) -> Bool {
        headCount += line.count
        return !isHeadTooLong
    }

    /// False when there is too much of it.
    func takeBody(_ piece: UnsafeRawBufferPointer) -> Bool {
        guard piece.count <= bytes.count - count else {
            isBodyTooLong = true
            return false
        }
        UnsafeMutableRawBufferPointer(rebasing: bytes[count...]).copyBytes(from: piece)
        count += piece.count
        return true
    }
}
