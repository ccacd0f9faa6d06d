#include "CallgrindRequests.h"

// Debian: valgrind. Without it nothing is counted, which check.py notices.
#if __has_include(<valgrind/callgrind.h>)
#include <valgrind/callgrind.h>

void callgrind_toggle(void) { CALLGRIND_TOGGLE_COLLECT; }
void callgrind_dump(void) { CALLGRIND_DUMP_STATS; }
#else
void callgrind_toggle(void) {}
void callgrind_dump(void) {}
#endif
