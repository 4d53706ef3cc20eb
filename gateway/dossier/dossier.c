#include "dossier_part.h"

#include "gateway/base/archive.h"
#include "gateway/person/facts.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

extern const char embed_check_py[], embed_how_to_check_txt[];

const char *
dossier_text(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static int
add(struct archive *a, const char *name, struct dossier_out *o)
{
	int rc = o->failed ? UV_ENOMEM : archive_add(a, name, o->buf != NULL ? o->buf : "", o->len);

	free(o->buf);
	*o = (struct dossier_out){0};
	return rc;
}

/* A member whose digest stands in the chain's file. */
static int
add_sealed(struct archive *a, const char *name, struct dossier_out *o, uint8_t seal[EVENT_HASH])
{
	crypto_generichash(seal, EVENT_HASH, (const uint8_t *)o->buf, o->len, NULL, 0);
	return add(a, name, o);
}

static int
add_all(struct dossier *d, struct archive *a)
{
	struct dossier_out o = {0};
	int rc;

	dossier_page(d, &o);
	if ((rc = add_sealed(a, "index.html", &o, d->page)) != 0)
		return rc;
	dossier_put(&o, d->r->account_json);
	if ((rc = add_sealed(a, "account.json", &o, d->figures)) != 0)
		return rc;
	dossier_events(d, &o);
	if ((rc = add(a, "events.jsonl", &o)) != 0)
		return rc;
	dossier_heads(d, &o);
	if ((rc = add(a, "heads.txt", &o)) != 0)
		return rc;
	dossier_put(&o, embed_how_to_check_txt);
	if ((rc = add(a, "HOW-TO-CHECK.txt", &o)) != 0)
		return rc;
	dossier_put(&o, embed_check_py);
	if ((rc = add(a, "check.py", &o)) != 0)
		return rc;
	if ((rc = dossier_tapes(d, a)) != 0)
		return rc;
	dossier_links_begin(d);
	return archive_add_stream(a, "chain.jsonl", dossier_links, d);
}

static int
fill(struct dossier *d, struct facts *facts, struct archive *a)
{
	const json_t *account;
	const char *zone;
	int rc;

	if ((d->account = json_loads(d->r->account_json, 0, NULL)) == NULL)
		return UV_ENOMEM;
	account = json_object_get(d->account, "account");
	zone = dossier_text(account, "timezone");
	d->zone = zone != NULL ? facts_zone(facts, zone) : &d->r->config->lender.zone;
	d->currency = dossier_text(account, "currency");
	if (d->currency == NULL)
		d->currency = d->r->config->lender.currency;
	if ((rc = dossier_load(d)) != 0)
		return rc;
	return add_all(d, a);
}

int
dossier_write(const struct dossier_request *r, struct archive *archive, char error[256])
{
	struct dossier d = {.r = r};
	struct facts *facts = facts_new(r->config);
	int rc = facts != NULL ? fill(&d, facts, archive) : UV_ENOMEM;

	if (rc == 0) {
		rc = archive_close(archive, error);
	} else {
		snprintf(error, 256, "%s",
			 rc == UV_ENOMEM ? "out of memory" : store_error(r->store));
		archive_drop(archive);
	}
	dossier_tapes_end(&d);
	dossier_unload(&d);
	if (facts != NULL)
		facts_free(facts);
	return rc;
}
