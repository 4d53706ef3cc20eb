/* TLS: a good operator is talked to, a false one is not, and the words say why. The operator is a
 * thread with OpenSSL's blocking calls; its certificates are made here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* after the standard headers, as cmocka asks */
#include <cmocka.h>

#include "smpp_rig.h"

#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <pthread.h>
#include <unistd.h>

static char dir[] = "/tmp/dunlin-tls-XXXXXX";
static char ca_pem[64], other_pem[64], key_pem[64];
static EVP_PKEY *key;
static X509 *ca, *other_ca;

/* ---- certificates --------------------------------------------------------------------------- */

static void
add_extension(X509 *cert, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX ctx;
	X509_EXTENSION *extension;

	X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
	extension = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	assert_non_null(extension);
	X509_add_ext(cert, extension, -1);
	X509_EXTENSION_free(extension);
}

/* names: a subjectAltName, or NULL for an authority. */
static X509 *
make_certificate(X509 *issuer, const char *common_name, const char *names, long valid_for)
{
	X509 *cert = X509_new();
	X509_NAME *name = X509_get_subject_name(cert);

	X509_set_version(cert, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(cert), rand());
	X509_gmtime_adj(X509_getm_notBefore(cert), -86400 * 2);
	X509_gmtime_adj(X509_getm_notAfter(cert), valid_for);
	X509_set_pubkey(cert, key);
	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)common_name, -1,
				   -1, 0);
	X509_set_issuer_name(cert, issuer != NULL ? X509_get_subject_name(issuer) : name);
	if (names == NULL)
		add_extension(cert, cert, NID_basic_constraints, "critical,CA:TRUE");
	else
		add_extension(cert, issuer, NID_subject_alt_name, names);
	assert_true(X509_sign(cert, key, EVP_sha256()) > 0);
	return cert;
}

static void
write_certificate(char path[64], const char *name, X509 *cert)
{
	FILE *file;

	snprintf(path, 64, "%s/%s", dir, name);
	file = fopen(path, "w");
	PEM_write_X509(file, cert);
	fclose(file);
}

static int
make_all(void **state)
{
	FILE *file;

	(void)state;
	assert_non_null(mkdtemp(dir));
	key = EVP_RSA_gen(2048);
	ca = make_certificate(NULL, "Operator Authority", NULL, 86400);
	other_ca = make_certificate(NULL, "Other Authority", NULL, 86400);
	write_certificate(ca_pem, "ca.pem", ca);
	write_certificate(other_pem, "other.pem", other_ca);
	snprintf(key_pem, sizeof key_pem, "%s/key.pem", dir);
	file = fopen(key_pem, "w");
	PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL);
	fclose(file);
	return 0;
}

static int
unmake_all(void **state)
{
	(void)state;
	unlink(ca_pem);
	unlink(other_pem);
	unlink(key_pem);
	rmdir(dir);
	X509_free(ca);
	X509_free(other_ca);
	EVP_PKEY_free(key);
	return 0;
}

/* ---- the operator --------------------------------------------------------------------------- */

struct smsc {
	pthread_t thread;
	SSL_CTX *ctx;
	int fd;
	uint16_t port;
	unsigned sessions; /* how many it serves before it ends */
	size_t piece;      /* octets a write; 0: all at once */
	bool plain;        /* says something that is not TLS */
	unsigned client_certificates;
};

static bool
read_all(SSL *ssl, uint8_t *out, size_t len)
{
	for (size_t at = 0; at < len;) {
		int n = SSL_read(ssl, out + at, (int)(len - at));

		if (n <= 0)
			return false;
		at += (size_t)n;
	}
	return true;
}

static void
write_pieces(SSL *ssl, const uint8_t *octets, size_t len, size_t piece)
{
	for (size_t at = 0; at < len; at += piece) {
		size_t n = len - at < piece ? len - at : piece;

		SSL_write(ssl, octets + at, (int)n);
	}
}

static void
talk(struct smsc *op, SSL *ssl)
{
	static uint8_t body[SMPP_PDU_MAX];
	uint8_t head[SMPP_HEADER_SIZE], out[64];

	while (read_all(ssl, head, sizeof head)) {
		struct smpp_header header = smpp_header_read(head);
		size_t len =
		    header.command == SMPP_ENQUIRE_LINK || header.command == SMPP_UNBIND ? 0 : 3;

		if (!read_all(ssl, body, header.length - SMPP_HEADER_SIZE))
			return;
		if (header.command & SMPP_RESP)
			continue;
		len = peer_pdu(out, header.command | SMPP_RESP, 0, header.sequence, "ok", len);
		write_pieces(ssl, out, len, op->piece != 0 ? op->piece : len);
	}
}

static void *
serve(void *arg)
{
	struct smsc *op = arg;

	while (op->sessions-- > 0) {
		int fd = accept(op->fd, NULL, NULL);
		SSL *ssl;
		X509 *client;

		if (op->plain) {
			assert_int_equal(write(fd, "no TLS spoken here\n", 19), 19);
			close(fd);
			continue;
		}
		ssl = SSL_new(op->ctx);
		SSL_set_fd(ssl, fd);
		if (SSL_accept(ssl) == 1) {
			client = SSL_get1_peer_certificate(ssl);
			op->client_certificates += client != NULL;
			X509_free(client);
			talk(op, ssl);
		}
		SSL_shutdown(ssl);
		SSL_free(ssl);
		close(fd);
	}
	return NULL;
}

static void
start(struct smsc *op, X509 *cert, int max_version)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof address;

	if (op->sessions == 0)
		op->sessions = 1;
	op->ctx = SSL_CTX_new(TLS_server_method());
	SSL_CTX_set_max_proto_version(op->ctx, max_version);
	SSL_CTX_use_certificate(op->ctx, cert);
	SSL_CTX_use_PrivateKey(op->ctx, key);
	SSL_CTX_set_verify(op->ctx, SSL_VERIFY_PEER, NULL);
	SSL_CTX_load_verify_file(op->ctx, ca_pem);
	op->fd = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(bind(op->fd, (struct sockaddr *)&address, size), 0);
	assert_int_equal(listen(op->fd, 4), 0);
	getsockname(op->fd, (struct sockaddr *)&address, &size);
	op->port = ntohs(address.sin_port);
	assert_int_equal(pthread_create(&op->thread, NULL, serve, op), 0);
}

static void
stop(struct smsc *op)
{
	pthread_join(op->thread, NULL);
	close(op->fd);
	SSL_CTX_free(op->ctx);
}

/* ---- tests ---------------------------------------------------------------------------------- */

static struct smpp_link_config
tls_config(struct rig *rig, const struct smsc *op)
{
	struct smpp_link_config config = rig_config(rig);

	config.host = "localhost";
	config.port = op->port;
	config.tls = true;
	config.ca_file = ca_pem;
	config.window = 1000;
	config.reconnect_min_ms = 500;
	config.reconnect_max_ms = 500;
	return config;
}

static void
feed(struct rig *rig)
{
	while (smpp_link_room(rig->link) > 0 && rig->submitted < 3000)
		assert_int_equal(rig_submit(rig, rig->submitted), 0);
	if (rig->submitted < 3000)
		smpp_link_want(rig->link, 1);
}

static void
talk_with_a_good_one(int version, size_t piece)
{
	X509 *cert = make_certificate(ca, "smsc", "DNS:localhost", 86400);
	struct smsc op = {.piece = piece};
	struct rig *rig = rig_new(NULL);
	struct smpp_link_config config;

	start(&op, cert, version);
	config = tls_config(rig, &op);
	rig_open(rig, &config);
	RUN_UNTIL(rig, rig->state == SMPP_LINK_UP);
	rig->on_room = feed;
	feed(rig);
	RUN_UNTIL(rig, rig->answered == 3000);
	assert_int_equal(rig->outcomes[SMPP_ACCEPTED], 3000);
	assert_string_equal(rig->last_id, "ok");
	rig_begin_close(rig, 1000);
	RUN_UNTIL(rig, rig->closed);
	rig_end(rig);
	stop(&op);
	X509_free(cert);
}

static void
a_good_operator(void **state)
{
	(void)state;
	talk_with_a_good_one(TLS1_3_VERSION, 0);
	talk_with_a_good_one(TLS1_2_VERSION, 0);
	talk_with_a_good_one(TLS1_3_VERSION, 7); /* PDUs in pieces, records of 7 octets */
}

static void
we_may_show_a_certificate(void **state)
{
	X509 *cert = make_certificate(ca, "smsc", "IP:127.0.0.1", 86400);
	X509 *ours = make_certificate(ca, "lender", "DNS:lender", 86400);
	char ours_pem[64];
	struct smsc op = {0};
	struct rig *rig = rig_new(NULL);
	struct smpp_link_config config;

	(void)state;
	write_certificate(ours_pem, "ours.pem", ours);
	start(&op, cert, TLS1_3_VERSION);
	config = tls_config(rig, &op);
	config.host = "127.0.0.1"; /* an address is compared with the certificate's addresses */
	config.cert_file = ours_pem;
	config.key_file = key_pem;
	rig_open(rig, &config);
	RUN_UNTIL(rig, rig->state == SMPP_LINK_UP);
	rig_end(rig);
	stop(&op);
	assert_int_equal(op.client_certificates, 1);
	unlink(ours_pem);
	X509_free(cert);
	X509_free(ours);
}

static void
expect_distrust(X509 *cert, const char *ca_file, bool plain, const char *words)
{
	struct smsc op = {.plain = plain};
	struct rig *rig = rig_new(NULL);
	struct smpp_link_config config;

	start(&op, cert, TLS1_3_VERSION);
	config = tls_config(rig, &op);
	config.ca_file = ca_file;
	rig_open(rig, &config);
	RUN_UNTIL(rig, rig->downs >= 1);
	if (strstr(rig->why_down, words) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", rig->why_down, words);
	assert_int_equal(rig->ups, 0);
	rig_end(rig);
	stop(&op);
	X509_free(cert);
}

static void
a_false_operator(void **state)
{
	(void)state;
	expect_distrust(make_certificate(ca, "smsc", "DNS:localhost", 86400), other_pem, false,
			"not trusted");
	expect_distrust(make_certificate(ca, "smsc", "DNS:smsc.example.net", 86400), ca_pem, false,
			"hostname mismatch");
	expect_distrust(make_certificate(ca, "localhost", "DNS:localhost", -3600), ca_pem, false,
			"expired");
	expect_distrust(make_certificate(ca, "smsc", "DNS:localhost", 86400), NULL, false,
			"not trusted");
	expect_distrust(make_certificate(ca, "smsc", "DNS:localhost", 86400), ca_pem, true, "TLS");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_good_operator),
	    cmocka_unit_test(we_may_show_a_certificate),
	    cmocka_unit_test(a_false_operator),
	};

	signal(SIGPIPE, SIG_IGN); /* the operator's thread writes to links that are gone */
	return cmocka_run_group_tests(tests, make_all, unmake_all);
}
