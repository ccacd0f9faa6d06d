#include "CHandfastBoring.h"

#include <string.h>

int chb_same(const uint8_t *one, const uint8_t *other, size_t length) {
  return length == 0 || memcmp(one, other, length) == 0;
}

// swift-crypto's headers rename every symbol with a prefix of its own, so that the standard names below reach the BoringSSL
// that swift-crypto builds and no other. CHB_WITHOUT_BORINGSSL builds the other half on purpose.
#if __has_include(<CCryptoBoringSSL.h>) && !defined(CHB_WITHOUT_BORINGSSL)
#include <CCryptoBoringSSL.h>

int chb_is_available(void) { return 1; }

// A failure leaves entries in the thread's error queue, where swift-crypto would find them and blame them on a later call.
static int checked(int result) {
  if (result == 1) return 1;
  ERR_clear_error();
  return 0;
}

int chb_random(uint8_t *bytes, size_t length) { return RAND_bytes(bytes, length); }

// MARK: AEAD

static const EVP_AEAD *aead_of(chb_aead_algorithm algorithm) {
  switch (algorithm) {
    case CHB_AES_128_GCM: return EVP_aead_aes_128_gcm();
    case CHB_AES_256_GCM: return EVP_aead_aes_256_gcm();
    case CHB_CHACHA20_POLY1305: return EVP_aead_chacha20_poly1305();
  }
  return NULL;
}

int chb_aead_init(chb_aead *aead, chb_aead_algorithm algorithm, const uint8_t *key, size_t key_length) {
  if (sizeof(EVP_AEAD_CTX) > sizeof *aead) return 0;
  EVP_AEAD_CTX *context = (EVP_AEAD_CTX *)aead;
  EVP_AEAD_CTX_zero(context);
  const EVP_AEAD *chosen = aead_of(algorithm);
  if (chosen == NULL || key_length != EVP_AEAD_key_length(chosen)) return 0;
  return checked(EVP_AEAD_CTX_init(context, chosen, key, key_length, 16, NULL));
}

void chb_aead_cleanup(chb_aead *aead) {
  if (sizeof(EVP_AEAD_CTX) > sizeof *aead) return;
  EVP_AEAD_CTX_cleanup((EVP_AEAD_CTX *)aead);
  OPENSSL_cleanse(aead, sizeof(EVP_AEAD_CTX));
}

int chb_aead_seal(const chb_aead *aead, uint8_t *output, const uint8_t *nonce, size_t nonce_length,
                  const uint8_t *plaintext, size_t length, const uint8_t *suffix, size_t suffix_length,
                  const uint8_t *additional, size_t additional_length) {
  size_t written = 0;
  int result = EVP_AEAD_CTX_seal_scatter((const EVP_AEAD_CTX *)aead, output, output + length, &written,
                                         suffix_length + 16, nonce, nonce_length, plaintext, length, suffix,
                                         suffix_length, additional, additional_length);
  return checked(result) && written == suffix_length + 16;
}

int chb_aead_open(const chb_aead *aead, uint8_t *record, size_t length, const uint8_t *nonce, size_t nonce_length,
                  const uint8_t *additional, size_t additional_length) {
  if (length < 16) return 0;
  size_t written = 0;
  int result = EVP_AEAD_CTX_open((const EVP_AEAD_CTX *)aead, record, &written, length, nonce, nonce_length, record,
                                 length, additional, additional_length);
  return checked(result) && written == length - 16;
}

// MARK: Hashes

static const EVP_MD *hash_of(chb_hash_algorithm algorithm) {
  switch (algorithm) {
    case CHB_SHA256: return EVP_sha256();
    case CHB_SHA384: return EVP_sha384();
    case CHB_SHA512: return EVP_sha512();
  }
  return NULL;
}

int chb_digest(chb_hash_algorithm algorithm, const uint8_t *bytes, size_t length, uint8_t *digest, size_t digest_length) {
  const EVP_MD *hash = hash_of(algorithm);
  unsigned int written = 0;
  return hash != NULL && digest_length == EVP_MD_size(hash) &&
         checked(EVP_Digest(bytes, length, digest, &written, hash, NULL)) && written == digest_length;
}

int chb_hash_init(chb_hash *hash, chb_hash_algorithm algorithm) {
  if (sizeof(EVP_MD_CTX) > sizeof *hash) return 0;
  EVP_MD_CTX *context = (EVP_MD_CTX *)hash;
  EVP_MD_CTX_init(context);
  const EVP_MD *chosen = hash_of(algorithm);
  return chosen != NULL && checked(EVP_DigestInit_ex(context, chosen, NULL));
}

void chb_hash_cleanup(chb_hash *hash) {
  if (sizeof(EVP_MD_CTX) <= sizeof *hash) EVP_MD_CTX_cleanup((EVP_MD_CTX *)hash);
}

// It returns one whatever happens.
void chb_hash_update(chb_hash *hash, const uint8_t *bytes, size_t length) {
  if (length > 0) EVP_DigestUpdate((EVP_MD_CTX *)hash, bytes, length);
}

int chb_hash_digest(const chb_hash *hash, uint8_t *digest, size_t digest_length) {
  if (digest_length != EVP_MD_CTX_size((const EVP_MD_CTX *)hash)) return 0;
  EVP_MD_CTX context;
  EVP_MD_CTX_init(&context);
  unsigned int written = 0;
  int result =
      EVP_MD_CTX_copy_ex(&context, (const EVP_MD_CTX *)hash) && EVP_DigestFinal_ex(&context, digest, &written);
  EVP_MD_CTX_cleanup(&context);
  return checked(result) && written == digest_length;
}

// MARK: HMAC

static int keyed_init(HMAC_CTX *context, chb_hash_algorithm algorithm, const uint8_t *key, size_t key_length) {
  // HMAC_Init_ex takes a NULL key for "the one I had before": an empty key needs an address.
  static const uint8_t empty[1] = {0};
  HMAC_CTX_init(context);
  const EVP_MD *hash = hash_of(algorithm);
  return hash != NULL && HMAC_Init_ex(context, key_length == 0 ? empty : key, key_length, hash, NULL);
}

int chb_hmac_init(chb_hmac *hmac, chb_hash_algorithm algorithm, const uint8_t *key, size_t key_length) {
  return sizeof(HMAC_CTX) <= sizeof *hmac && checked(keyed_init((HMAC_CTX *)hmac, algorithm, key, key_length));
}

void chb_hmac_cleanup(chb_hmac *hmac) {
  if (sizeof(HMAC_CTX) <= sizeof *hmac) HMAC_CTX_cleanse((HMAC_CTX *)hmac);
}

int chb_hmac_authenticate(const chb_hmac *hmac, const uint8_t *first, size_t first_length, const uint8_t *second,
                          size_t second_length, uint8_t *mac, size_t mac_length) {
  const HMAC_CTX *keyed = (const HMAC_CTX *)hmac;
  if (mac_length != HMAC_size(keyed)) return 0;
  HMAC_CTX context;
  HMAC_CTX_init(&context);
  unsigned int written = 0;
  int result = HMAC_CTX_copy_ex(&context, keyed) && HMAC_Update(&context, first, first_length) &&
               HMAC_Update(&context, second, second_length) && HMAC_Final(&context, mac, &written);
  HMAC_CTX_cleanse(&context);
  return checked(result) && written == mac_length;
}

int chb_tls12_prf(const chb_hmac *hmac, const uint8_t *label, size_t label_length, const uint8_t *seed,
                  size_t seed_length, const uint8_t *more, size_t more_length, uint8_t *output, size_t output_length) {
  uint8_t a[EVP_MAX_MD_SIZE], block[EVP_MAX_MD_SIZE];
  unsigned int a_length = 0, block_length = 0;
  HMAC_CTX context;
  HMAC_CTX_init(&context);
  int result = HMAC_CTX_copy_ex(&context, (const HMAC_CTX *)hmac) && HMAC_Update(&context, label, label_length) &&
               HMAC_Update(&context, seed, seed_length) && HMAC_Update(&context, more, more_length) &&
               HMAC_Final(&context, a, &a_length);
  // Without a key it starts anew under the one it has.
  for (size_t done = 0; result && done < output_length;) {
    result = HMAC_Init_ex(&context, NULL, 0, NULL, NULL) && HMAC_Update(&context, a, a_length) &&
             HMAC_Update(&context, label, label_length) && HMAC_Update(&context, seed, seed_length) &&
             HMAC_Update(&context, more, more_length) && HMAC_Final(&context, block, &block_length);
    if (!result) break;
    size_t part = output_length - done < block_length ? output_length - done : block_length;
    memcpy(output + done, block, part);
    done += part;
    if (done == output_length) break;
    result = HMAC_Init_ex(&context, NULL, 0, NULL, NULL) && HMAC_Update(&context, a, a_length) &&
             HMAC_Final(&context, a, &a_length);
  }
  OPENSSL_cleanse(a, sizeof a);
  OPENSSL_cleanse(block, sizeof block);
  HMAC_CTX_cleanse(&context);
  return checked(result);
}

int chb_hkdf_extract(chb_hash_algorithm algorithm, const uint8_t *salt, size_t salt_length, const uint8_t *material,
                     size_t material_length, uint8_t *extracted, size_t extracted_length) {
  const EVP_MD *hash = hash_of(algorithm);
  size_t written = 0;
  if (hash == NULL || extracted_length != EVP_MD_size(hash)) return 0;
  return checked(HKDF_extract(extracted, &written, hash, material, material_length, salt, salt_length)) &&
         written == extracted_length;
}

// HKDF_expand sets its key up anew each time, and leaves its last block on the stack, which is most of TLS's secrets as a whole.
static int expand(HMAC_CTX *keyed, const uint8_t *info, size_t info_length, uint8_t *expanded,
                  size_t expanded_length) {
  if (expanded_length > 255 * HMAC_size(keyed)) return 0;
  uint8_t block[EVP_MAX_MD_SIZE];
  unsigned int block_length = 0;
  int result = 1;
  uint8_t counter = 0;
  for (size_t done = 0; result && done < expanded_length;) {
    counter++;
    // Without a key it starts anew under the one it has.
    result = HMAC_Init_ex(keyed, NULL, 0, NULL, NULL) && HMAC_Update(keyed, block, block_length) &&
             HMAC_Update(keyed, info, info_length) && HMAC_Update(keyed, &counter, 1) &&
             HMAC_Final(keyed, block, &block_length);
    if (!result) break;
    size_t part = expanded_length - done < block_length ? expanded_length - done : block_length;
    memcpy(expanded + done, block, part);
    done += part;
  }
  OPENSSL_cleanse(block, sizeof block);
  return result;
}

int chb_hkdf_expand(chb_hash_algorithm algorithm, const uint8_t *key, size_t key_length, const uint8_t *info,
                    size_t info_length, uint8_t *expanded, size_t expanded_length) {
  HMAC_CTX context;
  int result = keyed_init(&context, algorithm, key, key_length) &&
               expand(&context, info, info_length, expanded, expanded_length);
  HMAC_CTX_cleanse(&context);
  return checked(result);
}

int chb_hmac_once(chb_hash_algorithm algorithm, const uint8_t *key, size_t key_length, const uint8_t *first,
                  size_t first_length, const uint8_t *second, size_t second_length, uint8_t *mac, size_t mac_length) {
  HMAC_CTX context;
  unsigned int written = 0;
  int result = keyed_init(&context, algorithm, key, key_length) && mac_length == HMAC_size(&context) &&
               HMAC_Update(&context, first, first_length) && HMAC_Update(&context, second, second_length) &&
               HMAC_Final(&context, mac, &written);
  HMAC_CTX_cleanse(&context);
  return checked(result) && written == mac_length;
}

static int expand_label(chb_hash_algorithm algorithm, const uint8_t *key, size_t key_length, const char *label,
                        const uint8_t *context, size_t context_length, uint8_t *expanded, size_t expanded_length) {
  chb_label wanted = {(const uint8_t *)label, strlen(label), expanded, expanded_length};
  return chb_tls13_expand_labels(algorithm, key, key_length, &wanted, 1, context, context_length);
}

int chb_tls13_finished(chb_hash_algorithm algorithm, const uint8_t *secret, size_t secret_length,
                       const uint8_t *transcript_hash, size_t transcript_hash_length, uint8_t *mac, size_t mac_length) {
  uint8_t key[EVP_MAX_MD_SIZE];
  if (mac_length > sizeof key) return 0;
  int result = expand_label(algorithm, secret, secret_length, "finished", NULL, 0, key, mac_length) &&
               chb_hmac_once(algorithm, key, mac_length, transcript_hash, transcript_hash_length, NULL, 0, mac,
                             mac_length);
  OPENSSL_cleanse(key, sizeof key);
  return result;
}

int chb_tls13_next_stage(chb_hash_algorithm algorithm, const uint8_t *secret, size_t secret_length,
                         const uint8_t *empty_hash, size_t empty_hash_length, const uint8_t *material,
                         size_t material_length, uint8_t *next, size_t next_length) {
  uint8_t salt[EVP_MAX_MD_SIZE];
  if (next_length > sizeof salt) return 0;
  int result =
      expand_label(algorithm, secret, secret_length, "derived", empty_hash, empty_hash_length, salt, next_length) &&
      chb_hkdf_extract(algorithm, salt, next_length, material, material_length, next, next_length);
  OPENSSL_cleanse(salt, sizeof salt);
  return result;
}

int chb_tls13_aead_init(chb_aead *aead, chb_aead_algorithm algorithm, chb_hash_algorithm hash, const uint8_t *secret,
                        size_t secret_length, uint8_t *iv, size_t iv_length) {
  const EVP_AEAD *chosen = aead_of(algorithm);
  uint8_t key[EVP_AEAD_MAX_KEY_LENGTH];
  size_t key_length = chosen == NULL ? 0 : EVP_AEAD_key_length(chosen);
  chb_label wanted[2] = {
      {(const uint8_t *)"key", 3, key, key_length},
      {(const uint8_t *)"iv", 2, iv, iv_length},
  };
  int isDerived = chb_tls13_expand_labels(hash, secret, secret_length, wanted, 2, NULL, 0);
  int result = chb_aead_init(aead, algorithm, key, isDerived ? key_length : 0);
  OPENSSL_cleanse(key, sizeof key);
  return result;
}

int chb_tls13_expand_labels(chb_hash_algorithm algorithm, const uint8_t *key, size_t key_length,
                            const chb_label *labels, size_t count, const uint8_t *context, size_t context_length) {
  static const uint8_t prefix[6] = {'t', 'l', 's', '1', '3', ' '};
  HMAC_CTX keyed;
  int result = keyed_init(&keyed, algorithm, key, key_length) && context_length <= 255;
  for (size_t index = 0; result && index < count; index++) {
    const chb_label *wanted = &labels[index];
    result = wanted->expanded_length <= 0xffff && wanted->label_length <= 255 - sizeof prefix;
    if (!result) break;
    uint8_t info[2 + 1 + 255 + 1 + 255];
    size_t length = 0;
    info[length++] = (uint8_t)(wanted->expanded_length >> 8);
    info[length++] = (uint8_t)wanted->expanded_length;
    info[length++] = (uint8_t)(sizeof prefix + wanted->label_length);
    memcpy(info + length, prefix, sizeof prefix);
    length += sizeof prefix;
    if (wanted->label_length > 0) memcpy(info + length, wanted->label, wanted->label_length);
    length += wanted->label_length;
    info[length++] = (uint8_t)context_length;
    if (context_length > 0) memcpy(info + length, context, context_length);
    length += context_length;
    result = expand(&keyed, info, length, wanted->expanded, wanted->expanded_length);
  }
  HMAC_CTX_cleanse(&keyed);
  return checked(result);
}

// MARK: X25519

int chb_x25519_public(const uint8_t *scalar, uint8_t *point) {
  X25519_public_from_private(point, scalar);
  return 1;
}

int chb_x25519_shared(const uint8_t *scalar, const uint8_t *peer, uint8_t *secret) {
  return checked(X25519(secret, scalar, peer));
}

// MARK: ECDSA

chb_p256 *chb_p256_public_key_new(const uint8_t *point, size_t length) {
  EC_KEY *key = EC_KEY_new_by_curve_name(NID_X9_62_prime256v1);
  // Another length would be another form of the point.
  if (key != NULL && length == CHB_P256_POINT_LENGTH && EC_KEY_oct2key(key, point, length, NULL)) return (chb_p256 *)key;
  EC_KEY_free(key);
  ERR_clear_error();
  return NULL;
}

chb_p256 *chb_p256_private_key_new(const uint8_t *scalar, size_t length) {
  EC_KEY *key = EC_KEY_new_by_curve_name(NID_X9_62_prime256v1);
  if (key != NULL && EC_KEY_oct2priv(key, scalar, length)) return (chb_p256 *)key;
  EC_KEY_free(key);
  ERR_clear_error();
  return NULL;
}

void chb_p256_free(chb_p256 *key) { EC_KEY_free((EC_KEY *)key); }

int chb_p256_verify(const chb_p256 *key, const uint8_t *digest, size_t digest_length, const uint8_t *signature,
                    size_t signature_length) {
  return checked(ECDSA_verify_p1363(digest, digest_length, signature, signature_length, (const EC_KEY *)key));
}

int chb_p256_sign(const chb_p256 *key, const uint8_t *digest, size_t digest_length, uint8_t *signature,
                  size_t signature_length) {
  size_t written = 0;
  return signature_length == CHB_P256_SIGNATURE_LENGTH &&
         checked(ECDSA_sign_p1363(digest, digest_length, signature, &written, signature_length, (const EC_KEY *)key)) &&
         written == signature_length;
}

// MARK: RSA

chb_rsa *chb_rsa_new(const uint8_t *pkcs1, size_t length) {
  RSA *rsa = RSA_private_key_from_bytes(pkcs1, length);
  if (rsa == NULL) ERR_clear_error();
  return (chb_rsa *)rsa;
}

void chb_rsa_free(chb_rsa *rsa) { RSA_free((RSA *)rsa); }

size_t chb_rsa_size(const chb_rsa *rsa) { return RSA_size((const RSA *)rsa); }

int chb_rsa_decrypt_raw(const chb_rsa *rsa, const uint8_t *ciphertext, size_t length, uint8_t *block,
                        size_t block_length) {
  // RSA_decrypt locks what it caches inside, so the cast takes no promise back.
  RSA *key = (RSA *)(uintptr_t)rsa;
  if (length != RSA_size(key) || block_length != length) return 0;
  size_t written = 0;
  int result = RSA_decrypt(key, &written, block, block_length, ciphertext, length, RSA_NO_PADDING);
  return checked(result) && written == block_length;
}

int chb_rsa_encrypt_pkcs1(const uint8_t *public_key, size_t public_key_length, const uint8_t *plaintext, size_t length,
                          uint8_t *ciphertext, size_t ciphertext_length) {
  RSA *key = RSA_public_key_from_bytes(public_key, public_key_length);
  if (key == NULL) return checked(0);
  size_t written = 0;
  int result = ciphertext_length == RSA_size(key) &&
               RSA_encrypt(key, &written, ciphertext, ciphertext_length, plaintext, length, RSA_PKCS1_PADDING);
  RSA_free(key);
  return checked(result) && written == ciphertext_length;
}

// MARK: ML-KEM-768

chb_mlkem768 *chb_mlkem768_new(const uint8_t *seed, size_t length, uint8_t *public_key, size_t public_key_length) {
  struct MLKEM768_private_key *key = OPENSSL_malloc(sizeof *key);
  struct MLKEM768_public_key half;
  CBB encoding;
  size_t written = 0;
  if (key == NULL || !MLKEM768_private_key_from_seed(key, seed, length) ||
      !CBB_init_fixed(&encoding, public_key, public_key_length)) {
    chb_mlkem768_free((chb_mlkem768 *)key);
    ERR_clear_error();
    return NULL;
  }
  MLKEM768_public_from_private(&half, key);
  int result = MLKEM768_marshal_public_key(&encoding, &half) && CBB_finish(&encoding, NULL, &written);
  CBB_cleanup(&encoding);
  if (checked(result) && written == public_key_length) return (chb_mlkem768 *)key;
  chb_mlkem768_free((chb_mlkem768 *)key);
  return NULL;
}

// OPENSSL_free wipes what it frees.
void chb_mlkem768_free(chb_mlkem768 *key) { OPENSSL_free(key); }

int chb_mlkem768_encapsulate(const uint8_t *public_key, size_t public_key_length, uint8_t *ciphertext,
                             size_t ciphertext_length, uint8_t *secret, size_t secret_length) {
  if (ciphertext_length != MLKEM768_CIPHERTEXT_BYTES || secret_length != MLKEM_SHARED_SECRET_BYTES) return 0;
  struct MLKEM768_public_key key;
  CBS encoding;
  CBS_init(&encoding, public_key, public_key_length);
  if (!checked(MLKEM768_parse_public_key(&key, &encoding) && CBS_len(&encoding) == 0)) return 0;
  MLKEM768_encap(ciphertext, secret, &key);
  return 1;
}

int chb_mlkem768_decapsulate(const chb_mlkem768 *key, const uint8_t *ciphertext, size_t length, uint8_t *secret,
                             size_t secret_length) {
  if (secret_length != MLKEM_SHARED_SECRET_BYTES) return 0;
  return checked(MLKEM768_decap(secret, ciphertext, length, (const struct MLKEM768_private_key *)key));
}

// MARK: ML-DSA-44

chb_mldsa44 *chb_mldsa44_new(const uint8_t *seed, size_t length) {
  struct MLDSA44_private_key *key = OPENSSL_malloc(sizeof *key);
  if (key != NULL && MLDSA44_private_key_from_seed(key, seed, length)) return (chb_mldsa44 *)key;
  OPENSSL_free(key);
  ERR_clear_error();
  return NULL;
}

void chb_mldsa44_free(chb_mldsa44 *key) { OPENSSL_free(key); }

int chb_mldsa44_public_key(const chb_mldsa44 *key, uint8_t *public_key, size_t length) {
  struct MLDSA44_public_key half;
  CBB encoding;
  size_t written = 0;
  if (!CBB_init_fixed(&encoding, public_key, length)) return checked(0);
  int result = MLDSA44_public_from_private(&half, (const struct MLDSA44_private_key *)key) &&
               MLDSA44_marshal_public_key(&encoding, &half) && CBB_finish(&encoding, NULL, &written);
  CBB_cleanup(&encoding);
  return checked(result) && written == length;
}

int chb_mldsa44_sign(const chb_mldsa44 *key, const uint8_t *message, size_t message_length, uint8_t *signature,
                     size_t signature_length) {
  if (signature_length != MLDSA44_SIGNATURE_BYTES) return 0;
  return checked(MLDSA44_sign(signature, (const struct MLDSA44_private_key *)key, message, message_length, NULL, 0));
}

int chb_mldsa44_verify(const uint8_t *public_key, size_t public_key_length, const uint8_t *message,
                       size_t message_length, const uint8_t *signature, size_t signature_length) {
  struct MLDSA44_public_key key;
  CBS encoding;
  CBS_init(&encoding, public_key, public_key_length);
  return checked(MLDSA44_parse_public_key(&key, &encoding) && CBS_len(&encoding) == 0 &&
                 MLDSA44_verify(&key, signature, signature_length, message, message_length, NULL, 0));
}

#else

int chb_is_available(void) { return 0; }

int chb_aead_init(chb_aead *aead, chb_aead_algorithm algorithm, const uint8_t *key, size_t key_length) { return 0; }
void chb_aead_cleanup(chb_aead *aead) {}
int chb_aead_seal(const chb_aead *aead, uint8_t *output, const uint8_t *nonce, size_t nonce_length,
                  const uint8_t *plaintext, size_t length, const uint8_t *suffix, size_t suffix_length,
                  const uint8_t *additional, size_t additional_length) {
  return 0;
}
int chb_aead_open(const chb_aead *aead, uint8_t *record, size_t length, const uint8_t *nonce, size_t nonce_length,
                  const uint8_t *additional, size_t additional_length) {
  return 0;
}

int chb_random(uint8_t *bytes, size_t length) { return 0; }

int chb_digest(chb_hash_algorithm algorithm, const uint8_t *bytes, size_t length, uint8_t *digest, size_t digest_length) {
  return 0;
}
int chb_hash_init(chb_hash *hash, chb_hash_algorithm algorithm) { return 0; }
void chb_hash_cleanup(chb_hash *hash) {}
void chb_hash_update(chb_hash *hash, const uint8_t *bytes, size_t length) {}
int chb_hash_digest(const chb_hash *hash, uint8_t *digest, size_t digest_length) { return 0; }

int chb_hmac_init(chb_hmac *hmac, chb_hash_algorithm algorithm, const uint8_t *key, size_t key_length) { return 0; }
void chb_hmac_cleanup(chb_hmac *hmac) {}
int chb_hmac_authenticate(const chb_hmac *hmac, const uint8_t *first, size_t first_length, const uint8_t *second,
                          size_t second_length, uint8_t *mac, size_t mac_length) {
  return 0;
}

int chb_tls12_prf(const chb_hmac *hmac, const uint8_t *label, size_t label_length, const uint8_t *seed,
                  size_t seed_length, const uint8_t *more, size_t more_length, uint8_t *output, size_t output_length) {
  return 0;
}

int chb_hkdf_extract(chb_hash_algorithm algorithm, const uint8_t *salt, size_t salt_length, const uint8_t *material,
                     size_t material_length, uint8_t *extracted, size_t extracted_length) {
  return 0;
}
int chb_hkdf_expand(chb_hash_algorithm algorithm, const uint8_t *key, size_t key_length, const uint8_t *info,
                    size_t info_length, uint8_t *expanded, size_t expanded_length) {
  return 0;
}

int chb_tls13_expand_labels(chb_hash_algorithm algorithm, const uint8_t *key, size_t key_length,
                            const chb_label *labels, size_t count, const uint8_t *context, size_t context_length) {
  return 0;
}

int chb_hmac_once(chb_hash_algorithm algorithm, const uint8_t *key, size_t key_length, const uint8_t *first,
                  size_t first_length, const uint8_t *second, size_t second_length, uint8_t *mac, size_t mac_length) {
  return 0;
}
int chb_tls13_finished(chb_hash_algorithm algorithm, const uint8_t *secret, size_t secret_length,
                       const uint8_t *transcript_hash, size_t transcript_hash_length, uint8_t *mac, size_t mac_length) {
  return 0;
}
int chb_tls13_next_stage(chb_hash_algorithm algorithm, const uint8_t *secret, size_t secret_length,
                         const uint8_t *empty_hash, size_t empty_hash_length, const uint8_t *material,
                         size_t material_length, uint8_t *next, size_t next_length) {
  return 0;
}
int chb_tls13_aead_init(chb_aead *aead, chb_aead_algorithm algorithm, chb_hash_algorithm hash, const uint8_t *secret,
                        size_t secret_length, uint8_t *iv, size_t iv_length) {
  return 0;
}

int chb_x25519_public(const uint8_t *scalar, uint8_t *point) { return 0; }
int chb_x25519_shared(const uint8_t *scalar, const uint8_t *peer, uint8_t *secret) { return 0; }

chb_p256 *chb_p256_public_key_new(const uint8_t *point, size_t length) { return NULL; }
chb_p256 *chb_p256_private_key_new(const uint8_t *scalar, size_t length) { return NULL; }
void chb_p256_free(chb_p256 *key) {}
int chb_p256_verify(const chb_p256 *key, const uint8_t *digest, size_t digest_length, const uint8_t *signature,
                    size_t signature_length) {
  return 0;
}
int chb_p256_sign(const chb_p256 *key, const uint8_t *digest, size_t digest_length, uint8_t *signature,
                  size_t signature_length) {
  return 0;
}

chb_rsa *chb_rsa_new(const uint8_t *pkcs1, size_t length) { return NULL; }
void chb_rsa_free(chb_rsa *rsa) {}
size_t chb_rsa_size(const chb_rsa *rsa) { return 0; }
int chb_rsa_decrypt_raw(const chb_rsa *rsa, const uint8_t *ciphertext, size_t length, uint8_t *block,
                        size_t block_length) {
  return 0;
}
int chb_rsa_encrypt_pkcs1(const uint8_t *public_key, size_t public_key_length, const uint8_t *plaintext, size_t length,
                          uint8_t *ciphertext, size_t ciphertext_length) {
  return 0;
}

chb_mlkem768 *chb_mlkem768_new(const uint8_t *seed, size_t length, uint8_t *public_key, size_t public_key_length) {
  return NULL;
}
void chb_mlkem768_free(chb_mlkem768 *key) {}
int chb_mlkem768_encapsulate(const uint8_t *public_key, size_t public_key_length, uint8_t *ciphertext,
                             size_t ciphertext_length, uint8_t *secret, size_t secret_length) {
  return 0;
}
int chb_mlkem768_decapsulate(const chb_mlkem768 *key, const uint8_t *ciphertext, size_t length, uint8_t *secret,
                             size_t secret_length) {
  return 0;
}

chb_mldsa44 *chb_mldsa44_new(const uint8_t *seed, size_t length) { return NULL; }
void chb_mldsa44_free(chb_mldsa44 *key) {}
int chb_mldsa44_public_key(const chb_mldsa44 *key, uint8_t *public_key, size_t length) { return 0; }
int chb_mldsa44_sign(const chb_mldsa44 *key, const uint8_t *message, size_t message_length, uint8_t *signature,
                     size_t signature_length) {
  return 0;
}
int chb_mldsa44_verify(const uint8_t *public_key, size_t public_key_length, const uint8_t *message,
                       size_t message_length, const uint8_t *signature, size_t signature_length) {
  return 0;
}

#endif
