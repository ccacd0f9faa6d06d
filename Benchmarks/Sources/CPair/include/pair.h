// What a C stack must be able to do to stand beside the others. Client and server run on the calling thread and talk in memory.

#ifndef PAIR_H
#define PAIR_H

#include <stddef.h>
#include <stdint.h>
#include <time.h>

struct pair_settings {
  /// 0x0303 or 0x0304.
  int version;
  /// As the stack's group list names it, and the cipher suite of TLS 1.2 as its cipher list does.
  const char *group;
  const char *cipher;
  int is_mutual;
  int is_resumed;
  const char *root_pem;
  const char *client_chain_pem, *client_key_pem;
  const char *server_chain_pem, *server_key_pem;
};

/// Nanoseconds of `pair_time` that each side took.
struct pair_cost {
  uint64_t client, server;
};

struct pair_stack {
  const char *(*version)(void);
  /// NULL when the stack cannot do what is asked.
  void *(*open)(const struct pair_settings *settings);
  /// One connection from its making to its end: the handshake, and the server's first byte read by the client, so that session
  /// tickets have been issued and taken in. Adds to `cost`. 0: it failed.
  int (*handshake)(void *pair, struct pair_cost *cost);
  /// `count` writes of `size` bytes from the client, then all of it read by the server, over one connection that stays.
  int (*transfer)(void *pair, size_t size, size_t count, struct pair_cost *cost);
  void (*close)(void *pair);
};

static inline uint64_t pair_read_clock(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

/// Nanoseconds of this thread's CPU time. Reading them is a system call, which takes as long as a small step of a handshake: for
/// whole turns.
static inline uint64_t pair_cpu_time(void) { return pair_read_clock(CLOCK_THREAD_CPUTIME_ID); }

/// Nanoseconds of time, read without a system call: for one side's step.
static inline uint64_t pair_time(void) { return pair_read_clock(CLOCK_MONOTONIC); }

#endif
