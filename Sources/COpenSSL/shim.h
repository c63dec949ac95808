// OpenSSL for Swift: what is a macro there is a function here.
#ifndef COPENSSL_SHIM_H
#define COPENSSL_SHIM_H

#include <openssl/err.h>
#include <openssl/ssl.h>

static inline int copenssl_set_versions(SSL_CTX *context, int minimum, int maximum) {
    return SSL_CTX_set_min_proto_version(context, minimum) == 1 && SSL_CTX_set_max_proto_version(context, maximum) == 1;
}

// The bytes that wait in a memory BIO.
static inline size_t copenssl_pending(BIO *bio) { return BIO_ctrl_pending(bio); }

#endif
