#pragma once
#include <stddef.h>

/// Bytes of the heap that are in use, the allocator's own overhead included; 0 where it does not say.
size_t heap_in_use(void);
