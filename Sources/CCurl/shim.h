// libcurl for Swift: curl_easy_setopt(3) and curl_easy_getinfo(3) are variadic, which Swift cannot call.
#ifndef CCURL_SHIM_H
#define CCURL_SHIM_H

#include <curl/curl.h>

static inline CURLcode ccurl_set_long(CURL *easy, CURLoption option, long value) {
    return curl_easy_setopt(easy, option, value);
}

// A string, a list or another pointer. libcurl copies strings, and nothing else.
static inline CURLcode ccurl_set_pointer(CURL *easy, CURLoption option, const void *value) {
    return curl_easy_setopt(easy, option, value);
}

// Called with a pointer, the size of an item (1), the number of items, and the pointer of the matching ...DATA option.
typedef size_t (*ccurl_transfer_callback)(char *bytes, size_t size, size_t count, void *data);

static inline CURLcode ccurl_set_callback(CURL *easy, CURLoption option, ccurl_transfer_callback callback) {
    return curl_easy_setopt(easy, option, callback);
}

// Called when the connection stands and TLS is about to begin on it.
typedef CURLcode (*ccurl_tls_callback)(CURL *easy, void *context, void *data);

static inline CURLcode ccurl_set_tls_callback(CURL *easy, ccurl_tls_callback callback) {
    return curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, callback);
}

// The bytes are not copied: they stay where they are until the handle is gone.
static inline CURLcode ccurl_set_blob(CURL *easy, CURLoption option, const void *bytes, size_t count) {
    struct curl_blob blob = {(void *)bytes, count, CURL_BLOB_NOCOPY};
    return curl_easy_setopt(easy, option, &blob);
}

static inline long ccurl_get_long(CURL *easy, CURLINFO info) {
    long value = 0;
    return curl_easy_getinfo(easy, info, &value) == CURLE_OK ? value : 0;
}

static inline curl_off_t ccurl_get_offset(CURL *easy, CURLINFO info) {
    curl_off_t value = 0;
    return curl_easy_getinfo(easy, info, &value) == CURLE_OK ? value : 0;
}

#endif
