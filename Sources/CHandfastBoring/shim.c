#include "CHandfastBoring.h"
#if __has_include(<CCryptoBoringSSL.h>)
#include <CCryptoBoringSSL.h>
int chb_present(void) { return EVP_AEAD_key_length(EVP_aead_aes_128_gcm()); }
#else
int chb_present(void) { return 0; }
#endif
