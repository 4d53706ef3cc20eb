/*
 * TLS on the operator's side, over memory BIOs: octets in, octets out, no sockets. The session
 * moves the encrypted octets.
 *
 * Ownership: the context outlives its connections.
 */
#ifndef SIM_TLS_H
#define SIM_TLS_H

#include "buffer.h"

#include <stdbool.h>

struct tls_context;
struct tls;

/* `cert_and_key` is "CERT,KEY", PEM files; `ca` may be NULL. NULL after a report on stderr. */
struct tls_context *tls_context_new(const char *cert_and_key, const char *ca);
void tls_context_free(struct tls_context *context);

struct tls *tls_new(struct tls_context *context);
void tls_free(struct tls *tls);

/*
 * Takes what came from the network and appends what it says in clear to `clear` (nothing while
 * the handshake lasts). Returns false when the connection cannot go on.
 */
bool tls_receive(struct tls *tls, const uint8_t *octets, size_t n, struct buffer *clear);

/* Encrypts all of `clear`, which it empties; false until the handshake is done. */
bool tls_send(struct tls *tls, struct buffer *clear);

/* Appends what must go to the network: handshake and records. */
void tls_take(struct tls *tls, struct buffer *octets);

#endif
