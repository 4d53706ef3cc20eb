#include "tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <string.h>

struct tls {
	SSL *ssl;
	BIO *from_net;
	BIO *to_net;
};

/* struct tls_context is OpenSSL's own; the cast keeps its headers in this file. */

static SSL_CTX *
load(const char *cert, const char *key, const char *ca)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
	if (!ctx)
		return NULL;
	if (SSL_CTX_use_certificate_chain_file(ctx, cert) != 1 ||
	    SSL_CTX_use_PrivateKey_file(ctx, key, SSL_FILETYPE_PEM) != 1)
		goto fail;
	if (ca) {
		if (SSL_CTX_load_verify_locations(ctx, ca, NULL) != 1)
			goto fail;
		SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	}
	return ctx;
fail:
	SSL_CTX_free(ctx);
	return NULL;
}

struct tls_context *
tls_context_new(const char *cert_and_key, const char *ca)
{
	const char *comma = strchr(cert_and_key, ',');
	if (!comma) {
		fputs("dunlin-sim: --tls wants CERT,KEY\n", stderr);
		return NULL;
	}
	char *cert = strndup(cert_and_key, (size_t)(comma - cert_and_key));
	SSL_CTX *ctx = cert ? load(cert, comma + 1, ca) : NULL;
	if (!ctx) {
		fprintf(stderr, "dunlin-sim: --tls %s: ", cert_and_key);
		ERR_print_errors_fp(stderr);
	}
	free(cert);
	return (struct tls_context *)ctx;
}

void
tls_context_free(struct tls_context *context)
{
	SSL_CTX_free((SSL_CTX *)context);
}

struct tls *
tls_new(struct tls_context *context)
{
	struct tls *tls = calloc(1, sizeof *tls);
	if (!tls)
		abort();
	tls->ssl = SSL_new((SSL_CTX *)context);
	tls->from_net = BIO_new(BIO_s_mem());
	tls->to_net = BIO_new(BIO_s_mem());
	if (!tls->ssl || !tls->from_net || !tls->to_net)
		abort();
	SSL_set_bio(tls->ssl, tls->from_net, tls->to_net);
	SSL_set_accept_state(tls->ssl);
	return tls;
}

void
tls_free(struct tls *tls)
{
	if (tls)
		SSL_free(tls->ssl);
	free(tls);
}

bool
tls_receive(struct tls *tls, const uint8_t *octets, size_t n, struct buffer *clear)
{
	BIO_write(tls->from_net, octets, (int)n);
	for (;;) {
		int got = SSL_read(tls->ssl, buffer_reserve(clear, 16384), 16384);
		if (got <= 0)
			return SSL_get_error(tls->ssl, got) == SSL_ERROR_WANT_READ;
		clear->used += (size_t)got;
	}
}

bool
tls_send(struct tls *tls, struct buffer *clear)
{
	if (!SSL_is_init_finished(tls->ssl))
		return false;
	if (clear->used)
		SSL_write(tls->ssl, clear->at, (int)clear->used);
	clear->used = 0;
	return true;
}

void
tls_take(struct tls *tls, struct buffer *octets)
{
	size_t n = BIO_ctrl_pending(tls->to_net);
	if (!n)
		return;
	int got = BIO_read(tls->to_net, buffer_reserve(octets, n), (int)n);
	if (got > 0)
		octets->used += (size_t)got;
}
