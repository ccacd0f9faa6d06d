#include <CGnuTLSPair.h>

#if defined(WITH_GNUTLS)
#include <errno.h>
#include <gnutls/gnutls.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/// What one side has sent and the other has not read yet.
struct queue {
  unsigned char *bytes;
  size_t start, end;
};

struct side {
  gnutls_session_t session;
  gnutls_certificate_credentials_t credentials;
  struct queue *in, *out;
};

struct pair {
  struct side client, server;
  struct queue to_client, to_server;
  gnutls_priority_t priorities;
  gnutls_datum_t ticket_key, session;
  int is_mutual, is_resumed;
  unsigned char *buffer;
};

enum { queue_capacity = 1 << 21, buffer_capacity = 1 << 14 };

// MARK: The wire

static ssize_t push(gnutls_transport_ptr_t transport, const void *bytes, size_t count) {
  struct side *side = transport;
  struct queue *queue = side->out;
  if (queue->start == queue->end) queue->start = queue->end = 0;
  if (count > queue_capacity - queue->end) {
    gnutls_transport_set_errno(side->session, EAGAIN);
    return -1;
  }
  memcpy(queue->bytes + queue->end, bytes, count);
  queue->end += count;
  return (ssize_t)count;
}

static ssize_t pull(gnutls_transport_ptr_t transport, void *bytes, size_t count) {
  struct side *side = transport;
  struct queue *queue = side->in;
  size_t available = queue->end - queue->start;
  if (available == 0) {
    gnutls_transport_set_errno(side->session, EAGAIN);
    return -1;
  }
  if (count > available) count = available;
  memcpy(bytes, queue->bytes + queue->start, count);
  queue->start += count;
  return (ssize_t)count;
}

static int wait_for_input(gnutls_transport_ptr_t transport, unsigned int milliseconds) {
  (void)milliseconds;
  const struct side *side = transport;
  return side->in->end > side->in->start;
}

// MARK: Setting up

static gnutls_datum_t datum_of(const char *text) {
  gnutls_datum_t datum = {(unsigned char *)(uintptr_t)text, (unsigned int)strlen(text)};
  return datum;
}

/// GnuTLS's words for the version, the groups ("X25519:P-256") and the cipher; NULL: it has no such group.
static gnutls_priority_t priorities_of(const struct pair_settings *s) {
  if (strstr(s->group, "MLKEM")) return NULL;
  const char *cipher = strstr(s->cipher, "AES128")   ? "AES-128-GCM"
                       : strstr(s->cipher, "AES256") ? "AES-256-GCM"
                                                     : "CHACHA20-POLY1305";
  char text[256];
  snprintf(text, sizeof text, "NORMAL:-VERS-ALL:+VERS-TLS1.%d:-CIPHER-ALL:+%s:-GROUP-ALL%s%s", s->version - 0x0301, cipher,
           strstr(s->group, "X25519") ? ":+GROUP-X25519" : "", strstr(s->group, "P-256") ? ":+GROUP-SECP256R1" : "");
  gnutls_priority_t priorities = NULL;
  return gnutls_priority_init(&priorities, text, NULL) == 0 ? priorities : NULL;
}

static int make_credentials(struct side *side, const char *root_pem, const char *chain_pem, const char *key_pem) {
  if (gnutls_certificate_allocate_credentials(&side->credentials) != 0) return 0;
  if (root_pem) {
    gnutls_datum_t root = datum_of(root_pem);
    if (gnutls_certificate_set_x509_trust_mem(side->credentials, &root, GNUTLS_X509_FMT_PEM) != 1) return 0;
  }
  if (!chain_pem) return 1;
  gnutls_datum_t chain = datum_of(chain_pem), key = datum_of(key_pem);
  return gnutls_certificate_set_x509_key_mem(side->credentials, &chain, &key, GNUTLS_X509_FMT_PEM) >= 0;
}

static void pair_close(void *handle) {
  struct pair *pair = handle;
  for (int index = 0; index < 2; index++) {
    struct side *side = index ? &pair->server : &pair->client;
    if (side->session) gnutls_deinit(side->session);
    if (side->credentials) gnutls_certificate_free_credentials(side->credentials);
  }
  if (pair->priorities) gnutls_priority_deinit(pair->priorities);
  gnutls_free(pair->ticket_key.data);
  gnutls_free(pair->session.data);
  free(pair->to_client.bytes);
  free(pair->to_server.bytes);
  free(pair->buffer);
  free(pair);
}

static void *pair_open(const struct pair_settings *s) {
  struct pair *pair = calloc(1, sizeof *pair);
  pair->to_client.bytes = malloc(queue_capacity);
  pair->to_server.bytes = malloc(queue_capacity);
  pair->buffer = calloc(1, buffer_capacity);
  pair->client.in = pair->server.out = &pair->to_client;
  pair->client.out = pair->server.in = &pair->to_server;
  pair->is_mutual = s->is_mutual;
  pair->is_resumed = s->is_resumed;
  pair->priorities = priorities_of(s);
  if (pair->priorities && gnutls_session_ticket_key_generate(&pair->ticket_key) == 0 &&
      make_credentials(&pair->client, s->root_pem, s->is_mutual ? s->client_chain_pem : NULL, s->client_key_pem) &&
      make_credentials(&pair->server, s->is_mutual ? s->root_pem : NULL, s->server_chain_pem, s->server_key_pem)) {
    return pair;
  }
  pair_close(pair);
  return NULL;
}

// MARK: Work

static int begin(struct pair *pair, struct side *side, unsigned int role) {
  if (gnutls_init(&side->session, role | GNUTLS_NONBLOCK) != 0) return 0;
  gnutls_session_t session = side->session;
  gnutls_priority_set(session, pair->priorities);
  gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, side->credentials);
  gnutls_transport_set_ptr(session, side);
  gnutls_transport_set_push_function(session, push);
  gnutls_transport_set_pull_function(session, pull);
  gnutls_transport_set_pull_timeout_function(session, wait_for_input);
  if (role == GNUTLS_CLIENT) {
    gnutls_server_name_set(session, GNUTLS_NAME_DNS, "localhost", 9);
    gnutls_session_set_verify_cert(session, "localhost", 0);
    return !pair->session.data || gnutls_session_set_data(session, pair->session.data, pair->session.size) == 0;
  }
  if (pair->is_mutual) {
    gnutls_certificate_server_set_request(session, GNUTLS_CERT_REQUIRE);
    gnutls_session_set_verify_cert(session, NULL, 0);
  }
  return gnutls_session_ticket_enable_server(session, &pair->ticket_key) == 0;
}

/// Whether the side is done (1), waits for the other (0) or has failed (-1).
static int step(gnutls_session_t session) {
  int result = gnutls_handshake(session);
  return result == 0 ? 1 : gnutls_error_is_fatal(result) ? -1 : 0;
}

static int receive(gnutls_session_t session, void *bytes, size_t count) {
  ssize_t got;
  // A ticket, which is no data.
  while ((got = gnutls_record_recv(session, bytes, count)) == GNUTLS_E_AGAIN && gnutls_record_check_pending(session)) {
  }
  return (int)got;
}

static int connect_pair(struct pair *pair, struct pair_cost *cost) {
  pair->to_client.start = pair->to_client.end = pair->to_server.start = pair->to_server.end = 0;
  uint64_t start = pair_time();
  int ok = begin(pair, &pair->client, GNUTLS_CLIENT);
  uint64_t middle = pair_time();
  ok = ok && begin(pair, &pair->server, GNUTLS_SERVER);
  cost->client += middle - start;
  cost->server += pair_time() - middle;
  if (!ok) return 0;
  for (int is_client_done = 0, is_server_done = 0; !is_client_done || !is_server_done;) {
    start = pair_time();
    if (!is_client_done) is_client_done = step(pair->client.session);
    middle = pair_time();
    if (!is_server_done) is_server_done = step(pair->server.session);
    cost->client += middle - start;
    cost->server += pair_time() - middle;
    if (is_client_done < 0 || is_server_done < 0) return 0;
  }
  unsigned char byte = 1;
  start = pair_time();
  ok = gnutls_record_send(pair->server.session, &byte, 1) == 1;
  middle = pair_time();
  int got = -1;
  while (ok && pair->to_client.end > pair->to_client.start && got != 1) {
    got = receive(pair->client.session, &byte, 1);
    if (got != 1 && got != GNUTLS_E_AGAIN && got != GNUTLS_E_INTERRUPTED) ok = 0;
  }
  cost->server += middle - start;
  cost->client += pair_time() - middle;
  return ok && got == 1;
}

static void end(struct side *side, uint64_t *cost) {
  uint64_t start = pair_time();
  if (side->session) gnutls_deinit(side->session);
  side->session = NULL;
  *cost += pair_time() - start;
}

static int pair_handshake(void *handle, struct pair_cost *cost) {
  struct pair *pair = handle;
  int expects = pair->session.data != NULL;
  int ok = connect_pair(pair, cost) && !gnutls_session_is_resumed(pair->client.session) == !expects;
  if (ok && pair->is_resumed) {
    uint64_t start = pair_time();
    gnutls_free(pair->session.data);
    pair->session.data = NULL;
    ok = gnutls_session_get_data2(pair->client.session, &pair->session) == 0;
    cost->client += pair_time() - start;
  }
  end(&pair->client, &cost->client);
  end(&pair->server, &cost->server);
  return ok;
}

static int pair_transfer(void *handle, size_t size, size_t count, struct pair_cost *cost) {
  struct pair *pair = handle;
  struct pair_cost ignored = {0, 0};
  if (!pair->client.session && !connect_pair(pair, &ignored)) return 0;
  uint64_t start = pair_time();
  for (size_t index = 0; index < count; index++) {
    if (gnutls_record_send(pair->client.session, pair->buffer, size) != (ssize_t)size) return 0;
  }
  uint64_t middle = pair_time();
  for (size_t left = size * count; left > 0;) {
    ssize_t got = gnutls_record_recv(pair->server.session, pair->buffer, buffer_capacity);
    if (got <= 0) return 0;
    left -= (size_t)got;
  }
  cost->client += middle - start;
  cost->server += pair_time() - middle;
  return 1;
}

static const char *version(void) {
  static char text[64];
  snprintf(text, sizeof text, "GnuTLS %s", gnutls_check_version(NULL));
  return text;
}

const struct pair_stack *gnutls_pair_stack(void) {
  static const struct pair_stack stack = {version, pair_open, pair_handshake, pair_transfer, pair_close};
  return &stack;
}
#else
const struct pair_stack *gnutls_pair_stack(void) { return NULL; }
#endif
