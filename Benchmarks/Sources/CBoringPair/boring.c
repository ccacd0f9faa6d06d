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

enum { LONGEST = 16384 };

static int call(struct boring_call wanted, EVP_MD_CTX *hash, HMAC_CTX *mac, EVP_AEAD_CTX *aead, const uint8_t **record) {
  static const uint8_t data[LONGEST], nonce[12], additional[13];
  static uint8_t room[LONGEST + 16];
  uint8_t digest[EVP_MAX_MD_SIZE];
  unsigned int digest_length;
  size_t written;
  switch (wanted.kind) {
    case BORING_RANDOM: return RAND_bytes(room, wanted.size);
    case BORING_HASH: return EVP_DigestUpdate(hash, data, wanted.size);
    case BORING_DIGEST: {
      EVP_MD_CTX copy;
      EVP_MD_CTX_init(&copy);
      int ok = EVP_MD_CTX_copy_ex(&copy, hash) && EVP_DigestFinal_ex(&copy, digest, &digest_length);
      EVP_MD_CTX_cleanup(&copy);
      return ok;
    }
    case BORING_MAC_KEY: return HMAC_Init_ex(mac, data, wanted.size, EVP_sha256(), NULL);
    case BORING_MAC:
      return HMAC_Init_ex(mac, NULL, 0, NULL, NULL) && HMAC_Update(mac, data, wanted.size) &&
             HMAC_Final(mac, digest, &digest_length);
    case BORING_AEAD_KEY:
      EVP_AEAD_CTX_cleanup(aead);
      return EVP_AEAD_CTX_init(aead, EVP_aead_aes_128_gcm(), data, 16, 16, NULL);
    case BORING_SEAL:
      return EVP_AEAD_CTX_seal(aead, room, &written, sizeof room, nonce, 12, data, wanted.size, additional, 13);
    case BORING_OPEN: {
      const uint8_t *sealed = *record;
      *record += wanted.size + 16;
      return EVP_AEAD_CTX_open(aead, room, &written, sizeof room, nonce, 12, sealed, wanted.size + 16, additional, 13);
    }
  }
  return 0;
}

int boring_calls(const struct boring_call *calls, size_t count, uint64_t *nanoseconds) {
  static uint8_t records[4 * LONGEST];
  static const uint8_t data[LONGEST], nonce[12], additional[13];
  EVP_AEAD_CTX aead;
  EVP_MD_CTX hash;
  HMAC_CTX mac;
  EVP_AEAD_CTX_zero(&aead);
  EVP_MD_CTX_init(&hash);
  HMAC_CTX_init(&mac);
  // What is opened has been sealed, by somebody else.
  size_t written, end = 0;
  int ok = EVP_DigestInit_ex(&hash, EVP_sha256(), NULL) &&
           EVP_AEAD_CTX_init(&aead, EVP_aead_aes_128_gcm(), data, 16, 16, NULL);
  for (size_t index = 0; ok && index < count; index++) {
    ok = calls[index].size <= LONGEST;
    if (!ok || calls[index].kind != BORING_OPEN) continue;
    ok = EVP_AEAD_CTX_seal(&aead, records + end, &written, sizeof records - end, nonce, 12, data, calls[index].size,
                           additional, 13);
    end += written;
  }
  const uint8_t *record = records;
  uint64_t start = pair_time();
  for (size_t index = 0; ok && index < count; index++) ok = call(calls[index], &hash, &mac, &aead, &record);
  *nanoseconds += pair_time() - start;
  EVP_AEAD_CTX_cleanup(&aead);
  EVP_MD_CTX_cleanup(&hash);
  HMAC_CTX_cleanup(&mac);
  return ok;
}
