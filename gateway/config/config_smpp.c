/* routes of type smpp: what SMPP 3.4 itself demands of the words */
#include "config_parts.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Octets a C-octet string may have without its NUL (SMPP 3.4 5.2); of the password only our own
 * bound, since operators hand out longer ones than the standard's 8. */
#define SYSTEM_ID_MAX     15
#define SYSTEM_TYPE_MAX   12
#define PASSWORD_MAX      31
#define PASSWORD_STANDARD 8
#define ADDRESS_MAX       20
#define LETTERS_MAX       11 /* 3GPP TS 23.040 9.1.2.5: letters as a sender */
#define SHORT_MAX         8

bool
config_host_is_loopback(const char *host)
{
	unsigned char address[4];

	/* A name such as 127.example.net is not an address. */
	if (inet_pton(AF_INET, host, address) == 1)
		return address[0] == 127;
	return strcmp(host, "localhost") == 0 || strcmp(host, "::1") == 0;
}

/* A text of printable ASCII, which is all SMPP's C-octet strings are defined for. */
static const char *
ascii(struct config_parts *p, const struct yaml_node *node, const char *what, size_t max)
{
	const char *text = NULL;

	if (node == NULL || (node->kind == YAML_SCALAR && node->len == 0) ||
	    !yaml_text(&p->yaml, node, what, &text))
		return "";
	for (const char *c = text; *c != '\0'; c++)
		if (*c < ' ' || *c > '~') {
			yaml_wrong(&p->yaml, node,
				   "`%s` takes only plain letters, digits and signs", what);
			return "";
		}
	if (strlen(text) > max)
		yaml_wrong(&p->yaml, node, "`%s` is longer than the %zu characters SMPP allows",
			   what, max);
	return text;
}

static void
make_password(struct config_parts *p, const struct config_raw_route *raw, struct config_smpp *smpp)
{
	const char *name = NULL;

	smpp->password = "";
	if (raw->password_file != NULL && raw->password_env != NULL) {
		yaml_wrong(&p->yaml, raw->password_env,
			   "password_file and password_env exclude each other: keep one");
		return;
	}
	if (raw->password_file != NULL) {
		smpp->password = config_secret_file(p, raw->password_file, "password_file");
		if (smpp->password != NULL && strlen(smpp->password) > PASSWORD_MAX)
			yaml_wrong(&p->yaml, raw->password_file,
				   "the password in it is longer than %d characters", PASSWORD_MAX);
		else if (smpp->password != NULL && strlen(smpp->password) > PASSWORD_STANDARD)
			yaml_warn(
			    &p->yaml, raw->password_file,
			    "the password in it is longer than the %d characters SMPP 3.4 has: "
			    "should the operator answer that a length is wrong, ask for a "
			    "shorter one",
			    PASSWORD_STANDARD);
	} else if (raw->password_env != NULL) {
		if (!yaml_text(&p->yaml, raw->password_env, "password_env", &name))
			return;
		smpp->password = getenv(name);
		if (smpp->password == NULL)
			yaml_warn(
			    &p->yaml, raw->password_env,
			    "the environment variable `%.80s` is not set here; the daemon will "
			    "need it",
			    name);
		else
			smpp->password =
			    arena_text(p->arena, smpp->password, strlen(smpp->password));
	}
}

struct tls {
	const char *ca, *cert, *key;
};

static const struct yaml_key tls_keys[] = {
    {"ca", YAML_TEXT, .offset = offsetof(struct tls, ca)},
    {"cert", YAML_TEXT, .offset = offsetof(struct tls, cert)},
    {"key", YAML_TEXT, .offset = offsetof(struct tls, key)},
    {0}};

static const char *
tls_file(struct config_parts *p, const struct yaml_node *node, const char *what, const char *name)
{
	const char *path;

	if (name == NULL)
		return NULL;
	path = config_path(p, name);
	if (p->home != NULL && access(path, R_OK) != 0)
		yaml_wrong(&p->yaml, node, "`%s`: `%.80s` is not there or cannot be read", what,
			   name);
	return path;
}

static void
make_tls(struct config_parts *p, const struct config_raw_route *raw, struct config_smpp *smpp)
{
	const struct yaml_node *node = raw->tls;
	struct tls tls = {0};

	if (node != NULL && node->kind == YAML_MAP) {
		smpp->tls = true;
		yaml_fill(&p->yaml, node, NULL, "tls", tls_keys, &tls);
		smpp->tls_ca = tls_file(p, node, "ca", tls.ca);
		smpp->tls_cert = tls_file(p, node, "cert", tls.cert);
		smpp->tls_key = tls_file(p, node, "key", tls.key);
		if ((tls.cert == NULL) != (tls.key == NULL))
			yaml_wrong(&p->yaml, node, "`cert` and `key` go together");
	} else if (node != NULL) {
		yaml_bool(&p->yaml, node, "tls", &smpp->tls);
	}
	if (!smpp->tls && smpp->host[0] != '\0' && !config_host_is_loopback(smpp->host))
		yaml_warn(&p->yaml, node != NULL ? node : raw->node,
			  "without tls the password and every text cross the network readable; ask "
			  "your operator for TLS or a tunnel");
}

/* TON and NPI by the shape of the sender (SMPP 3.4 5.2.5, 5.2.6): a long or plussed number is
 * international in the ISDN plan; a short code is the network's own; letters are letters. */
static void
make_source(struct config_parts *p, const struct config_raw_route *raw, struct config_smpp *smpp)
{
	const char *text = ascii(p, raw->source, "source", ADDRESS_MAX);
	const char *digits = text[0] == '+' ? text + 1 : text;
	size_t len = strlen(digits);
	bool number = len > 0 && strspn(digits, "0123456789") == len;
	int ton = 0, npi = 0;

	if (number && digits == text && len <= SHORT_MAX) {
		ton = 3;
	} else if (number) {
		ton = 1;
		npi = 1;
	} else if (text[0] != '\0') {
		ton = 5;
		if (strlen(text) > LETTERS_MAX)
			yaml_wrong(&p->yaml, raw->source,
				   "a sender of letters has at most %d characters", LETTERS_MAX);
	}
	smpp->source = number ? digits : text;
	smpp->source_ton = (uint8_t)(raw->source_ton >= 0 ? raw->source_ton : ton);
	smpp->source_npi = (uint8_t)(raw->source_npi >= 0 ? raw->source_npi : npi);
}

/* A command_status, in decimal or as operators write it (0x401). */
static bool
read_status(struct config_parts *p, const struct yaml_node *node, uint32_t *out)
{
	const char *text;
	unsigned long value;
	char *end;

	if (!yaml_text(&p->yaml, node, "blocked_status", &text))
		return false;
	value = strtoul(text, &end, 0);
	if (text[0] < '0' || text[0] > '9' || *end != '\0' || value < 1 || value > UINT32_MAX) {
		yaml_wrong(
		    &p->yaml, node,
		    "`%.40s` is no SMPP status: write it as your operator does, such as 0x401",
		    text);
		return false;
	}
	*out = (uint32_t)value;
	return true;
}

/* Operators keep STOP themselves and answer with a status of their own choice. */
static void
make_blocked(struct config_parts *p, const struct config_raw_route *raw, struct config_smpp *smpp)
{
	const struct yaml_node *node = raw->blocked_status;
	uint32_t *list;
	size_t n = 0;

	if (node == NULL || node->kind == YAML_WRONG)
		return;
	list = arena_array(p->arena, node->n + 1, sizeof(*list));
	if (node->kind == YAML_SCALAR)
		n = read_status(p, node, &list[0]);
	else
		for (const struct yaml_node *item = yaml_items(&p->yaml, node, "blocked_status");
		     item != NULL; item = item->next)
			n += read_status(p, item, &list[n]);
	smpp->blocked_status = list;
	smpp->n_blocked_status = n;
}

void
config_make_smpp(struct config_parts *p, const struct config_raw_route *raw,
		 struct config_smpp *smpp)
{
	smpp->host = raw->host != NULL ? raw->host : "";
	smpp->port = (uint16_t)raw->port;
	smpp->system_id = ascii(p, raw->system_id, "system_id", SYSTEM_ID_MAX);
	smpp->system_type = ascii(p, raw->system_type, "system_type", SYSTEM_TYPE_MAX);
	smpp->bind = (enum config_bind)raw->bind;
	smpp->window = raw->window;
	make_blocked(p, raw, smpp);
	smpp->receipts = raw->receipts;
	smpp->alphabet = (enum config_alphabet)raw->alphabet;
	smpp->packing = (enum config_packing)raw->packing;
	smpp->long_form = (enum config_long)raw->long_form;
	make_password(p, raw, smpp);
	make_tls(p, raw, smpp);
	make_source(p, raw, smpp);
	if (smpp->packing == CONFIG_PACKED && smpp->alphabet != CONFIG_ALPHABET_GSM)
		yaml_wrong(&p->yaml, raw->node, "`packing: packed` goes only with `alphabet: gsm`");
}
