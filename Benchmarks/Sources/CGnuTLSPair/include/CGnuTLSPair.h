#ifndef C_GNUTLS_PAIR_H
#define C_GNUTLS_PAIR_H

#include <pair.h>

/// The system's GnuTLS; NULL: this was built without its headers.
const struct pair_stack *gnutls_pair_stack(void);

#endif
