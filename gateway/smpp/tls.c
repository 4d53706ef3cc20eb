#include "tls.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct tls_context {
	SSL_CTX *ctx;
};

struct tls {
	SSL *ssl;
	BIO *in, *out; /* owned by ssl */
	char why[TLS_WHY];
};

/* The oldest error in OpenSSL's queue is the cause; the later ones only pass it on. */
static const char *
cause(char scratch[TLS_WHY])
{
	unsigned long code = ERR_get_error();
	const char *reason = ERR_reason_error_string(code);

	if (reason != NULL)
		snprintf(scratch, TLS_WHY, "%s", reason);
	else
		snprintf(scratch, TLS_WHY, "TLS error %lx", code);
	ERR_clear_error();
	return scratch;
}

static int
load_files(SSL_CTX *ctx, const char *ca_file, const char *cert_file, const char *key_file,
	   char why[TLS_WHY])
{
	char scratch[TLS_WHY];
	const char *bad = NULL;

	if (ca_file != NULL ? !SSL_CTX_load_verify_file(ctx, ca_file)
			    : !SSL_CTX_set_default_verify_paths(ctx))
		bad = ca_file != NULL ? ca_file : "the system's certificates";
	else if (cert_file != NULL && SSL_CTX_use_certificate_chain_file(ctx, cert_file) != 1)
		bad = cert_file;
	else if (key_file != NULL &&
		 SSL_CTX_use_PrivateKey_file(ctx, key_file, SSL_FILETYPE_PEM) != 1)
		bad = key_file;
	if (bad == NULL)
		return 0;
	snprintf(why, TLS_WHY, "%.80s: %.70s", bad, cause(scratch));
	return -1;
}

struct tls_context *
tls_context_new(const char *ca_file, const char *cert_file, const char *key_file, char why[TLS_WHY])
{
	struct tls_context *context = calloc(1, sizeof *context);

	snprintf(why, TLS_WHY, "no memory");
	if (context == NULL)
		return NULL;
	ERR_clear_error();
	context->ctx = SSL_CTX_new(TLS_client_method());
	if (context->ctx == NULL || !SSL_CTX_set_min_proto_version(context->ctx, TLS1_2_VERSION) ||
	    load_files(context->ctx, ca_file, cert_file, key_file, why) != 0) {
		tls_context_free(context);
		return NULL;
	}
	SSL_CTX_set_verify(context->ctx, SSL_VERIFY_PEER, NULL);
	/* Many links close without a close_notify; SMPP frames itself, so nothing is lost by that.
	 */
	SSL_CTX_set_options(context->ctx, SSL_OP_IGNORE_UNEXPECTED_EOF | SSL_OP_NO_RENEGOTIATION);
	why[0] = '\0';
	return context;
}

void
tls_context_free(struct tls_context *context)
{
	if (context == NULL)
		return;
	SSL_CTX_free(context->ctx);
	free(context);
}

/* An address is compared with the certificate's addresses and is no server name indication. */
static bool
expect_host(SSL *ssl, const char *host)
{
	X509_VERIFY_PARAM *param = SSL_get0_param(ssl);
	uint8_t address[16];

	if (inet_pton(AF_INET, host, address) == 1 || inet_pton(AF_INET6, host, address) == 1)
		return X509_VERIFY_PARAM_set1_ip_asc(param, host) == 1;
	X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	return X509_VERIFY_PARAM_set1_host(param, host, 0) == 1 &&
	       SSL_set_tlsext_host_name(ssl, host) == 1;
}

struct tls *
tls_new(struct tls_context *context, const char *host)
{
	struct tls *t = calloc(1, sizeof *t);

	if (t == NULL)
		return NULL;
	t->ssl = SSL_new(context->ctx);
	t->in = BIO_new(BIO_s_mem());
	t->out = BIO_new(BIO_s_mem());
	if (t->ssl == NULL || t->in == NULL || t->out == NULL || !expect_host(t->ssl, host)) {
		BIO_free(t->in);
		BIO_free(t->out);
		SSL_free(t->ssl);
		free(t);
		return NULL;
	}
	/* An empty input means "later", not the end. */
	BIO_set_mem_eof_return(t->in, -1);
	SSL_set_bio(t->ssl, t->in, t->out);
	SSL_set_connect_state(t->ssl);
	return t;
}

void
tls_free(struct tls *t)
{
	if (t == NULL)
		return;
	SSL_free(t->ssl);
	free(t);
}

/* Sorts a call that did not succeed: 0 when it only waits for the peer, else -1 with the words. */
static int
judge(struct tls *t, int result)
{
	int error = SSL_get_error(t->ssl, result);
	long verify = SSL_get_verify_result(t->ssl);
	char scratch[TLS_WHY];

	if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE)
		return 0;
	if (verify != X509_V_OK)
		snprintf(t->why, sizeof t->why, "the operator's certificate is not trusted: %s",
			 X509_verify_cert_error_string(verify));
	else if (error == SSL_ERROR_ZERO_RETURN)
		snprintf(t->why, sizeof t->why, "the operator closed the connection");
	else
		snprintf(t->why, sizeof t->why, "TLS: %.140s", cause(scratch));
	return -1;
}

int
tls_handshake(struct tls *t)
{
	int result;

	ERR_clear_error();
	result = SSL_do_handshake(t->ssl);
	return result == 1 ? 1 : judge(t, result);
}

int
tls_feed(struct tls *t, const uint8_t *octets, size_t len)
{
	return BIO_write(t->in, octets, (int)len) == (int)len ? 0 : -1;
}

int
tls_read(struct tls *t, uint8_t *out, size_t size)
{
	int n;

	ERR_clear_error();
	n = SSL_read(t->ssl, out, (int)size);
	return n > 0 ? n : judge(t, n);
}

int
tls_write(struct tls *t, const uint8_t *octets, size_t len)
{
	int n;

	ERR_clear_error();
	n = SSL_write(t->ssl, octets, (int)len);
	if (n == (int)len)
		return 0;
	(void)judge(t, n);
	return -1;
}

size_t
tls_output(struct tls *t, uint8_t *out, size_t size)
{
	int n = BIO_read(t->out, out, (int)size);

	return n > 0 ? (size_t)n : 0;
}

const char *
tls_why(const struct tls *t)
{
	return t->why;
}
