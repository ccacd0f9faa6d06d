#ifndef C_BORING_PAIR_H
#define C_BORING_PAIR_H

#include <pair.h>

/// The BoringSSL that swift-nio-ssl builds.
const struct pair_stack *boring_pair_stack(void);

/// Its AEAD alone, with a context made once: `count` records of `size` bytes sealed from one buffer into another (the client's
/// cost), then opened in place (the server's). `algorithm`: 0 AES-128-GCM, 1 AES-256-GCM, 2 ChaCha20-Poly1305. 0: it failed.
int boring_bare_aead(int algorithm, size_t size, size_t count, struct pair_cost *cost);

/// Its primitives: SHA-256, HMAC with it, AES-128-GCM, and the generator.
enum boring_call_kind {
  /// `size` bytes.
  BORING_RANDOM,
  /// `size` more bytes go into the one hash that goes on.
  BORING_HASH,
  /// What that hash is so far.
  BORING_DIGEST,
  /// A MAC key of `size` bytes.
  BORING_MAC_KEY,
  /// The MAC of `size` bytes under the last such key.
  BORING_MAC,
  BORING_AEAD_KEY,
  /// `size` bytes of plaintext, under the last such key.
  BORING_SEAL,
  BORING_OPEN,
};

struct boring_call {
  enum boring_call_kind kind;
  size_t size;
};

/// Calls one after the other, in contexts that need no memory of their own. Adds the nanoseconds they take. 0: one failed.
int boring_calls(const struct boring_call *calls, size_t count, uint64_t *nanoseconds);

#endif
