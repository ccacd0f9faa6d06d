#include <CNIOBoringSSL.h>
#include <CBoringPair.h>

// Off by default in BoringSSL.
static int allow_ed25519(SSL_CTX *context) {
  static const uint16_t all[] = {SSL_SIGN_ECDSA_SECP256R1_SHA256, SSL_SIGN_ED25519, SSL_SIGN_RSA_PSS_RSAE_SHA256,
                                 SSL_SIGN_RSA_PKCS1_SHA256};
  return SSL_CTX_set_verify_algorithm_prefs(context, all, 4);
}

#include <pair_driver.h>

static const char *version(void) { return "BoringSSL (swift-nio-ssl's)"; }

const struct pair_stack *boring_pair_stack(void) {
  static const struct pair_stack stack = {version, pair_open, pair_handshake, pair_transfer, pair_close};
  return &stack;
}

int boring_bare_aead(int algorithm, size_t size, size_t count, struct pair_cost *cost) {
  const EVP_AEAD *aead = algorithm == 0   ? EVP_aead_aes_128_gcm()
                         : algorithm == 1 ? EVP_aead_aes_256_gcm()
                                          : EVP_aead_chacha20_poly1305();
  static const uint8_t key[32] = {1}, additional[13] = {2};
  uint8_t nonce[12] = {0};
  EVP_AEAD_CTX *context = EVP_AEAD_CTX_new(aead, key, EVP_AEAD_key_length(aead), 16);
  size_t stride = size + 16, written;
  uint8_t *data = calloc(1, size), *records = calloc(count, stride);
  int ok = context && data && records;
  // Touched before the clock starts, as the others' buffers have been.
  if (ok) memset(records, 1, count * stride);
  uint64_t start = pair_time();
  for (size_t index = 0; ok && index < count; index++) {
    nonce[0] = (uint8_t)index;
    nonce[1] = (uint8_t)(index >> 8);
    ok = EVP_AEAD_CTX_seal(context, records + index * stride, &written, stride, nonce, 12, data, size, additional, 13);
  }
  uint64_t middle = pair_time();
  for (size_t index = 0; ok && index < count; index++) {
    nonce[0] = (uint8_t)index;
    nonce[1] = (uint8_t)(index >> 8);
    uint8_t *record = records + index * stride;
    ok = EVP_AEAD_CTX_open(context, record, &written, stride, nonce, 12, record, stride, additional, 13);
  }
  cost->client += middle - start;
  cost->server += pair_time() - middle;
  free(data);
  free(records);
  EVP_AEAD_CTX_free(context);
  return ok;
}
