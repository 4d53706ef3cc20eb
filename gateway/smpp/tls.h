/* tls.h - TLS as octets in and octets out: the door of OpenSSL
 *
 * No sockets here: what the peer sent is fed in, what is to be sent to it is taken out (memory
 * BIOs). The peer's certificate is always verified, and its name against the host that was asked
 * for.
 *
 *   Ownership   tls_context (one a link) outlives its tls objects (one a connection).
 *   Errors      words for people: "certificate verify failed: certificate has expired".
 *   Thread      one.
 */
#ifndef DUNLIN_SMPP_TLS_H
#define DUNLIN_SMPP_TLS_H

#include <stddef.h>
#include <stdint.h>

struct tls_context;
struct tls;
#define TLS_WHY 160

/* Reads the files (PEM; NULL ca: the system's store; NULL cert and key: none). NULL, and why. */
struct tls_context *tls_context_new(const char *ca_file, const char *cert_file,
				    const char *key_file, char why[TLS_WHY]);
void tls_context_free(struct tls_context *context);

/* A client's side of one connection to host (a name, or an address). NULL: no memory. */
struct tls *tls_new(struct tls_context *context, const char *host);
void tls_free(struct tls *tls);

/* Goes on with the handshake: 1 done, 0 more octets are needed, -1 failed (tls_why). */
int tls_handshake(struct tls *tls);

/* Octets that came from the peer. 0 or -1 (no memory). */
int tls_feed(struct tls *tls, const uint8_t *octets, size_t len);

/* Plain octets of the peer: how many, 0 for none yet, -1 for an error or the peer's end (tls_why).
 */
int tls_read(struct tls *tls, uint8_t *out, size_t size);

/* Encrypts all of the octets (after the handshake): 0 or -1. */
int tls_write(struct tls *tls, const uint8_t *octets, size_t len);

/* Takes octets for the peer; how many. */
size_t tls_output(struct tls *tls, uint8_t *out, size_t size);

const char *tls_why(const struct tls *tls);

#endif
