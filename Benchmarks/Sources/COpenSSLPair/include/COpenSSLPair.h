#ifndef C_OPENSSL_PAIR_H
#define C_OPENSSL_PAIR_H

#include <pair.h>

/// The system's OpenSSL.
const struct pair_stack *openssl_pair_stack(void);

#endif
