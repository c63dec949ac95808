internal import CCrypto
internal import CCurl
internal import CLinux
internal import Glibc

/// libcurl and libcrypto as a whole: what must be done once in the process.
package enum CurlLibrary {
    /// Has both libraries wipe each block of memory that they free: requests, replies and what TLS made of them pass
    /// through their buffers. To be called before either is used for anything else, and before there are threads.
    package static func wipeFreedMemory() {
        // Where it would write the keys of each TLS session to, see curl's libcurl-env(3).
        unsetenv("SSLKEYLOGFILE")
        CRYPTO_set_mem_functions(
            { size, _, _ in malloc(size) },
            { block, size, _, _ in clinux_wiping_realloc(block, size) },
            { block, _, _ in clinux_wiping_free(block) })
    }

    /// curl_global_init_mem(3), at the first exchange only: it costs milliseconds, and a start that has everything stored
    /// needs no exchange.
    static func initialize() -> Bool { isInitialized }

    private static let isInitialized =
        curl_global_init_mem(
            Int(CURL_GLOBAL_DEFAULT),
            { malloc($0) }, { clinux_wiping_free($0) }, { clinux_wiping_realloc($0, $1) },
            { $0.flatMap { strdup($0) } }, { calloc($0, $1) }) == CURLE_OK
}
