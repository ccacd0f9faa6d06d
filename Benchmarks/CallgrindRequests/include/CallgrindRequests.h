// Callgrind's requests as functions: what runs between two calls of toggle is counted. Outside Valgrind they do nothing.

#ifndef CALLGRIND_REQUESTS_H
#define CALLGRIND_REQUESTS_H

/// Begins to count, or stops.
void callgrind_toggle(void);
/// Writes out what has been counted since the last time, and starts anew.
void callgrind_dump(void);

#endif
