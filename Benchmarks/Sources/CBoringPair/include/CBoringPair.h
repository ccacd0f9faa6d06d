#ifndef C_BORING_PAIR_H
#define C_BORING_PAIR_H

#include <pair.h>

/// The BoringSSL that swift-nio-ssl builds.
const struct pair_stack *boring_pair_stack(void);

/// Its AEAD alone, with a context made once: `count` records of `size` bytes sealed from one buffer into another (the client's
/// cost), then opened in place (the server's). `algorithm`: 0 AES-128-GCM, 1 AES-256-GCM, 2 ChaCha20-Poly1305. 0: it failed.
int boring_bare_aead(int algorithm, size_t size, size_t count, struct pair_cost *cost);

#endif
