#ifndef C_ALLOCATIONS_H
#define C_ALLOCATIONS_H

#include <stdint.h>

/// How often this process has asked for memory so far; 0 where nobody counts.
uint64_t allocation_count(void);

#endif
