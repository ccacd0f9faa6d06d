#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <COpenSSLPair.h>

static int allow_ed25519(SSL_CTX *context) { return context != NULL; }

#include <pair_driver.h>

static const char *version(void) { return OpenSSL_version(OPENSSL_VERSION); }

const struct pair_stack *openssl_pair_stack(void) {
  static const struct pair_stack stack = {version, pair_open, pair_handshake, pair_transfer, pair_close};
  return &stack;
}
