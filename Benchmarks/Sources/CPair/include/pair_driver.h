// BoringSSL and OpenSSL have one API for all of this, so one driver measures both: include the stack's headers, then this.

#include <pair.h>
#include <stdlib.h>
#include <string.h>

struct pair {
  SSL_CTX *client_context, *server_context;
  SSL_SESSION *session;
  int is_resumed;
  /// The connection that `transfer` keeps, and where it reads to.
  SSL *client, *server;
  unsigned char *buffer;
};

enum { bulk_capacity = 1 << 20, read_size = 16384 };

static BIO *pem_of(const char *text) { return BIO_new_mem_buf(text, (int)strlen(text)); }

static int use_identity(SSL_CTX *context, const char *chain_pem, const char *key_pem) {
  BIO *chain = pem_of(chain_pem), *key_bio = pem_of(key_pem);
  X509 *leaf = PEM_read_bio_X509(chain, NULL, NULL, NULL);
  EVP_PKEY *key = PEM_read_bio_PrivateKey(key_bio, NULL, NULL, NULL);
  int ok = leaf && key && SSL_CTX_use_certificate(context, leaf) == 1 && SSL_CTX_use_PrivateKey(context, key) == 1;
  for (X509 *next; ok && (next = PEM_read_bio_X509(chain, NULL, NULL, NULL));) {
    ok = SSL_CTX_add1_chain_cert(context, next) == 1;
    X509_free(next);
  }
  X509_free(leaf);
  EVP_PKEY_free(key);
  BIO_free(chain);
  BIO_free(key_bio);
  ERR_clear_error();
  return ok;
}

static int trust_root(SSL_CTX *context, const char *root_pem) {
  BIO *bio = pem_of(root_pem);
  X509 *root = PEM_read_bio_X509(bio, NULL, NULL, NULL);
  int ok = root && X509_STORE_add_cert(SSL_CTX_get_cert_store(context), root) == 1;
  X509_free(root);
  BIO_free(bio);
  return ok;
}

static int keep_session(SSL *ssl, SSL_SESSION *session) {
  struct pair *pair = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
  SSL_SESSION_free(pair->session);
  pair->session = session;
  return 1;
}

static SSL_CTX *context_of(const struct pair_settings *s) {
  SSL_CTX *context = SSL_CTX_new(TLS_method());
  int ok = context && SSL_CTX_set_min_proto_version(context, s->version) == 1 &&
           SSL_CTX_set_max_proto_version(context, s->version) == 1 && SSL_CTX_set1_groups_list(context, s->group) == 1 &&
           (s->version != 0x0303 || SSL_CTX_set_cipher_list(context, s->cipher) == 1) && allow_ed25519(context);
  if (ok) return context;
  SSL_CTX_free(context);
  ERR_clear_error();
  return NULL;
}

static void pair_close(void *handle) {
  struct pair *pair = handle;
  SSL_free(pair->client);
  SSL_free(pair->server);
  SSL_SESSION_free(pair->session);
  SSL_CTX_free(pair->client_context);
  SSL_CTX_free(pair->server_context);
  free(pair->buffer);
  free(pair);
}

static void *pair_open(const struct pair_settings *s) {
  struct pair *pair = calloc(1, sizeof *pair);
  SSL_CTX *client = pair->client_context = context_of(s), *server = pair->server_context = context_of(s);
  pair->is_resumed = s->is_resumed;
  pair->buffer = calloc(1, bulk_capacity);
  if (!client || !server || !trust_root(client, s->root_pem) ||
      !use_identity(server, s->server_chain_pem, s->server_key_pem)) {
    pair_close(pair);
    return NULL;
  }
  SSL_CTX_set_verify(client, SSL_VERIFY_PEER, NULL);
  SSL_CTX_set_session_id_context(server, (const unsigned char *)"compare", 7);
  if (s->is_mutual) {
    trust_root(server, s->root_pem);
    SSL_CTX_set_verify(server, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    use_identity(client, s->client_chain_pem, s->client_key_pem);
  }
  if (s->is_resumed) {
    SSL_CTX_set_app_data(client, pair);
    SSL_CTX_set_session_cache_mode(client, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(client, keep_session);
  }
  return pair;
}

/// Whether the side is done (1), waits for the other (0) or has failed (-1).
static int step(SSL *ssl) {
  int result = SSL_do_handshake(ssl);
  return result == 1 ? 1 : SSL_get_error(ssl, result) == SSL_ERROR_WANT_READ ? 0 : -1;
}

static int connect_pair(struct pair *pair, size_t capacity, struct pair_cost *cost) {
  BIO *client_bio, *server_bio;
  if (!BIO_new_bio_pair(&client_bio, capacity, &server_bio, capacity)) return 0;
  uint64_t start = pair_time();
  SSL *client = pair->client = SSL_new(pair->client_context);
  SSL_set_bio(client, client_bio, client_bio);
  SSL_set_connect_state(client);
  SSL_set_tlsext_host_name(client, "localhost");
  X509_VERIFY_PARAM_set1_host(SSL_get0_param(client), "localhost", 9);
  if (pair->session) SSL_set_session(client, pair->session);
  uint64_t middle = pair_time();
  SSL *server = pair->server = SSL_new(pair->server_context);
  SSL_set_bio(server, server_bio, server_bio);
  SSL_set_accept_state(server);
  uint64_t end = pair_time();
  cost->client += middle - start;
  cost->server += end - middle;
  for (int is_client_done = 0, is_server_done = 0; !is_client_done || !is_server_done;) {
    start = pair_time();
    if (!is_client_done) is_client_done = step(client);
    middle = pair_time();
    if (!is_server_done) is_server_done = step(server);
    end = pair_time();
    cost->client += middle - start;
    cost->server += end - middle;
    if (is_client_done < 0 || is_server_done < 0) return 0;
  }
  unsigned char byte = 1;
  start = pair_time();
  int ok = SSL_write(server, &byte, 1) == 1;
  middle = pair_time();
  ok = ok && SSL_read(client, &byte, 1) == 1;
  cost->server += middle - start;
  cost->client += pair_time() - middle;
  return ok;
}

static void end(SSL **ssl, uint64_t *cost) {
  uint64_t start = pair_time();
  // Said to have closed in peace: OpenSSL would give up the session otherwise.
  if (*ssl) SSL_set_shutdown(*ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
  SSL_free(*ssl);
  *ssl = NULL;
  *cost += pair_time() - start;
}

static int pair_handshake(void *handle, struct pair_cost *cost) {
  struct pair *pair = handle;
  int expects = pair->session != NULL;
  int ok = connect_pair(pair, 0, cost) && SSL_session_reused(pair->client) == expects;
  if (!ok) ERR_print_errors_fp(stderr);
  end(&pair->client, &cost->client);
  end(&pair->server, &cost->server);
  return ok;
}

static int pair_transfer(void *handle, size_t size, size_t count, struct pair_cost *cost) {
  struct pair *pair = handle;
  struct pair_cost ignored = {0, 0};
  if (!pair->client && !connect_pair(pair, bulk_capacity, &ignored)) return 0;
  uint64_t start = pair_time();
  for (size_t index = 0; index < count; index++) {
    if (SSL_write(pair->client, pair->buffer, (int)size) != (int)size) return 0;
  }
  uint64_t middle = pair_time();
  for (size_t left = size * count; left > 0;) {
    int got = SSL_read(pair->server, pair->buffer, read_size);
    if (got <= 0) return 0;
    left -= (size_t)got;
  }
  cost->client += middle - start;
  cost->server += pair_time() - middle;
  return 1;
}
