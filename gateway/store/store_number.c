#include "store_number.h"

#include <sodium.h>
#include <string.h>

#define FORM_HASH 16 /* octets of the hash that is kept of a number */

static void
form_of(const struct store *s, const char *text, char out[2 * FORM_HASH + 2])
{
	unsigned char hash[FORM_HASH];

	crypto_generichash(hash, sizeof hash, (const unsigned char *)text, strlen(text),
			   s->erase_key, sizeof s->erase_key);
	out[0] = 'h';
	sodium_bin2hex(out + 1, 2 * FORM_HASH + 1, hash, sizeof hash);
}

/* NULL for what is no number, and where nothing was ever erased: the look-up then costs nothing. */
static void
on_form(sqlite3_context *ctx, int n, sqlite3_value **values)
{
	const struct store *s = sqlite3_user_data(ctx);
	const char *text = (const char *)sqlite3_value_text(values[0]);
	char form[2 * FORM_HASH + 2];

	(void)n;
	if (!s->has_erase_key || text == NULL || text[0] != 'n')
		return;
	form_of(s, text, form);
	sqlite3_result_text(ctx, form, -1, SQLITE_TRANSIENT);
}

int
store_number_register(struct store *s)
{
	return store_failed(s, sqlite3_create_function(s->db, "erased_form", 1,
						       SQLITE_UTF8 | SQLITE_DETERMINISTIC, s,
						       on_form, NULL, NULL));
}

void
store_number_refresh(struct store *s)
{
	char hex[2 * sizeof s->erase_key + 1];

	s->has_erase_key = store_meta_text(s, META_ERASE_KEY, hex, sizeof hex) &&
			   sodium_hex2bin(s->erase_key, sizeof s->erase_key, hex, strlen(hex), NULL,
					  NULL, NULL) == 0;
}

int
store_number_key(struct store *s)
{
	char hex[2 * sizeof s->erase_key + 1];
	int rc;

	store_number_refresh(s); /* what was rolled back is no key */
	if (s->has_erase_key)
		return 0;
	randombytes_buf(s->erase_key, sizeof s->erase_key);
	sodium_bin2hex(hex, sizeof hex, s->erase_key, sizeof s->erase_key);
	rc = store_meta_set_text(s, META_ERASE_KEY, hex);
	s->has_erase_key = rc == 0;
	return rc;
}
