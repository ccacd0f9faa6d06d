// The few functions of BoringSSL that swift-crypto's public API does not offer, or offers at several times their cost.
//
// Every function may be called when BoringSSL is absent: constructors then return NULL and the rest, but for `chb_same`, return 0.
// Functions that return int return 1 on success and 0 on failure. A pointer may be NULL where its length is 0. Objects are immutable
// once made, so that one object may be used from several threads at once: all but `chb_hash`, which has one owner.
//
// What a connection makes many of lies in room of its owner's: `chb_..._init` fills it, and fails where it is too small for the
// BoringSSL at hand; `chb_..._cleanup` ends it, whether that succeeded or not. It is not to be moved or copied.

#ifndef C_HANDFAST_BORING_H
#define C_HANDFAST_BORING_H

#include <stddef.h>
#include <stdint.h>

#if defined(__cplusplus)
extern "C" {
#endif

/// 1 when this was built over BoringSSL, 0 when every function below fails.
int chb_is_available(void);

/// Whether both have the same bytes; there without BoringSSL as well. Not for secrets.
int chb_same(const uint8_t *one, const uint8_t *other, size_t length);

/// Random bytes, fit for keys.
int chb_random(uint8_t *bytes, size_t length);

typedef enum chb_aead_algorithm {
  CHB_AES_128_GCM,
  CHB_AES_256_GCM,
  CHB_CHACHA20_POLY1305,
} chb_aead_algorithm;

/// An AEAD key with its context.
typedef struct chb_aead {
  uint64_t room[80];
} chb_aead;

/// It fails when `key_length` is not the algorithm's. The key is copied.
int chb_aead_init(chb_aead *aead, chb_aead_algorithm algorithm, const uint8_t *key, size_t key_length);
/// Wipes the key.
void chb_aead_cleanup(chb_aead *aead);

/// Writes the ciphertext of `plaintext` and of `suffix` after it, and 16 bytes of tag. `output` has room for
/// `length + suffix_length + 16` bytes, and is either `plaintext` itself or does not overlap it.
int chb_aead_seal(const chb_aead *aead, uint8_t *output, const uint8_t *nonce, size_t nonce_length,
                  const uint8_t *plaintext, size_t length, const uint8_t *suffix, size_t suffix_length,
                  const uint8_t *additional, size_t additional_length);

/// Opens ciphertext and tag, `length` bytes together, in place; `length - 16` bytes of plaintext remain.
int chb_aead_open(const chb_aead *aead, uint8_t *record, size_t length, const uint8_t *nonce, size_t nonce_length,
                  const uint8_t *additional, size_t additional_length);

typedef enum chb_hash_algorithm {
  CHB_SHA256,
  CHB_SHA384,
  CHB_SHA512,
} chb_hash_algorithm;

/// Of all of `bytes`. `digest_length` is the hash's length.
int chb_digest(chb_hash_algorithm algorithm, const uint8_t *bytes, size_t length, uint8_t *digest, size_t digest_length);

/// A hash that goes on.
typedef struct chb_hash {
  uint64_t room[32];
} chb_hash;

int chb_hash_init(chb_hash *hash, chb_hash_algorithm algorithm);
void chb_hash_cleanup(chb_hash *hash);
void chb_hash_update(chb_hash *hash, const uint8_t *bytes, size_t length);
/// Of everything so far. `digest_length` is the hash's length.
int chb_hash_digest(const chb_hash *hash, uint8_t *digest, size_t digest_length);

/// A keyed HMAC, before any message.
typedef struct chb_hmac {
  uint64_t room[96];
} chb_hmac;

int chb_hmac_init(chb_hmac *hmac, chb_hash_algorithm algorithm, const uint8_t *key, size_t key_length);
/// Wipes the key.
void chb_hmac_cleanup(chb_hmac *hmac);

/// The MAC over `first` followed by `second`. `mac_length` is the hash's length.
int chb_hmac_authenticate(const chb_hmac *hmac, const uint8_t *first, size_t first_length, const uint8_t *second,
                          size_t second_length, uint8_t *mac, size_t mac_length);

/// The same under a key that is used once.
int chb_hmac_once(chb_hash_algorithm algorithm, const uint8_t *key, size_t key_length, const uint8_t *first,
                  size_t first_length, const uint8_t *second, size_t second_length, uint8_t *mac, size_t mac_length);

/// TLS 1.2's pseudorandom function (RFC 5246 §5) under the key, over `seed` followed by `more`.
int chb_tls12_prf(const chb_hmac *hmac, const uint8_t *label, size_t label_length, const uint8_t *seed,
                  size_t seed_length, const uint8_t *more, size_t more_length, uint8_t *output, size_t output_length);

/// HKDF-Extract (RFC 5869 §2.2). `extracted_length` is the hash's length.
int chb_hkdf_extract(chb_hash_algorithm algorithm, const uint8_t *salt, size_t salt_length, const uint8_t *material,
                     size_t material_length, uint8_t *extracted, size_t extracted_length);
/// HKDF-Expand (RFC 5869 §2.3). `expanded_length` is at most 255 times the hash's.
int chb_hkdf_expand(chb_hash_algorithm algorithm, const uint8_t *key, size_t key_length, const uint8_t *info,
                    size_t info_length, uint8_t *expanded, size_t expanded_length);

/// What one HKDF-Expand-Label (RFC 9846 §7.1) is to give: its label without "tls13 ", and where the bytes go.
typedef struct chb_label {
  const uint8_t *label;
  size_t label_length;
  uint8_t *expanded;
  size_t expanded_length;
} chb_label;

/// `count` of them from one secret, in one context. It fails when a part does not fit its length.
int chb_tls13_expand_labels(chb_hash_algorithm algorithm, const uint8_t *key, size_t key_length,
                            const chb_label *labels, size_t count, const uint8_t *context, size_t context_length);

/// The MAC of a Finished or a binder (RFC 9846 §4.5.3): under HKDF-Expand-Label(secret, "finished", "", Hash.length).
int chb_tls13_finished(chb_hash_algorithm algorithm, const uint8_t *secret, size_t secret_length,
                       const uint8_t *transcript_hash, size_t transcript_hash_length, uint8_t *mac, size_t mac_length);

/// The key schedule's step from one secret to the next (RFC 9846 §7.1): HKDF-Extract of `material`, the salt being
/// HKDF-Expand-Label(secret, "derived", empty_hash, Hash.length). `next_length` is the hash's length.
int chb_tls13_next_stage(chb_hash_algorithm algorithm, const uint8_t *secret, size_t secret_length,
                         const uint8_t *empty_hash, size_t empty_hash_length, const uint8_t *material,
                         size_t material_length, uint8_t *next, size_t next_length);

/// The AEAD key of a traffic secret, and 12 bytes of IV (RFC 9846 §7.3).
int chb_tls13_aead_init(chb_aead *aead, chb_aead_algorithm algorithm, chb_hash_algorithm hash, const uint8_t *secret,
                        size_t secret_length, uint8_t *iv, size_t iv_length);

enum {
  CHB_X25519_LENGTH = 32,
};

/// X25519 (RFC 7748 §5): all of `CHB_X25519_LENGTH` bytes. The shared secret fails when it would be zeros.
int chb_x25519_public(const uint8_t *scalar, uint8_t *point);
int chb_x25519_shared(const uint8_t *scalar, const uint8_t *peer, uint8_t *secret);

enum {
  CHB_P256_POINT_LENGTH = 65,
  /// r and s, big-endian, in 32 bytes each.
  CHB_P256_SIGNATURE_LENGTH = 64,
};

/// An ECDSA key on P-256: its public half, or its private one.
typedef struct chb_p256 chb_p256;

/// From an uncompressed point (SEC 1 §2.3.3); NULL when it is none, or not on the curve.
chb_p256 *chb_p256_public_key_new(const uint8_t *point, size_t length);
/// From a scalar; NULL when it is of another length, zero, or not below the group's order.
chb_p256 *chb_p256_private_key_new(const uint8_t *scalar, size_t length);
/// Wipes a private key.
void chb_p256_free(chb_p256 *key);
/// With a public key. `signature_length` is CHB_P256_SIGNATURE_LENGTH, here and below.
int chb_p256_verify(const chb_p256 *key, const uint8_t *digest, size_t digest_length, const uint8_t *signature,
                    size_t signature_length);
/// With a private key.
int chb_p256_sign(const chb_p256 *key, const uint8_t *digest, size_t digest_length, uint8_t *signature,
                  size_t signature_length);

/// An RSA private key.
typedef struct chb_rsa chb_rsa;

/// From an RSAPrivateKey (RFC 8017 §A.1.2); NULL when it is none or not consistent.
chb_rsa *chb_rsa_new(const uint8_t *pkcs1, size_t length);
void chb_rsa_free(chb_rsa *rsa);
/// The modulus' length in bytes.
size_t chb_rsa_size(const chb_rsa *rsa);

/// The private operation alone (blinded), with no look at the padding. `ciphertext` and `block` are `chb_rsa_size` bytes.
int chb_rsa_decrypt_raw(const chb_rsa *rsa, const uint8_t *ciphertext, size_t length, uint8_t *block,
                        size_t block_length);

/// RSAES-PKCS1-v1_5 (RFC 8017 §7.2.1) with the key of an RSAPublicKey. `ciphertext` is as long as the modulus, in whole bytes.
int chb_rsa_encrypt_pkcs1(const uint8_t *public_key, size_t public_key_length, const uint8_t *plaintext, size_t length,
                          uint8_t *ciphertext, size_t ciphertext_length);

enum {
  CHB_MLKEM768_PUBLIC_KEY_LENGTH = 1184,
  CHB_MLKEM768_CIPHERTEXT_LENGTH = 1088,
  CHB_MLKEM768_SECRET_LENGTH = 32,
};

/// An ML-KEM-768 decapsulation key (FIPS 203).
typedef struct chb_mlkem768 chb_mlkem768;

/// NULL when the seed or `public_key` is of another length.
chb_mlkem768 *chb_mlkem768_new(const uint8_t *seed, size_t length, uint8_t *public_key, size_t public_key_length);
/// Wipes the key.
void chb_mlkem768_free(chb_mlkem768 *key);
/// For whoever has the encapsulation key. It fails for what is none (FIPS 203 §7.2).
int chb_mlkem768_encapsulate(const uint8_t *public_key, size_t public_key_length, uint8_t *ciphertext,
                             size_t ciphertext_length, uint8_t *secret, size_t secret_length);
int chb_mlkem768_decapsulate(const chb_mlkem768 *key, const uint8_t *ciphertext, size_t length, uint8_t *secret,
                             size_t secret_length);

enum {
  CHB_MLDSA44_SEED_LENGTH = 32,
  CHB_MLDSA44_PUBLIC_KEY_LENGTH = 1312,
  CHB_MLDSA44_SIGNATURE_LENGTH = 2420,
};

/// An ML-DSA-44 private key (FIPS 204).
typedef struct chb_mldsa44 chb_mldsa44;

/// NULL when the seed is of another length.
chb_mldsa44 *chb_mldsa44_new(const uint8_t *seed, size_t length);
/// Wipes the key.
void chb_mldsa44_free(chb_mldsa44 *key);
int chb_mldsa44_public_key(const chb_mldsa44 *key, uint8_t *public_key, size_t length);
/// With an empty context, as TLS and X.509 have it.
int chb_mldsa44_sign(const chb_mldsa44 *key, const uint8_t *message, size_t message_length, uint8_t *signature,
                     size_t signature_length);
int chb_mldsa44_verify(const uint8_t *public_key, size_t public_key_length, const uint8_t *message,
                       size_t message_length, const uint8_t *signature, size_t signature_length);

#if defined(__cplusplus)
}
#endif

#endif
