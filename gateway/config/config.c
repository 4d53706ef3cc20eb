/* The home folder as a whole: which file is read when, and the snapshot that comes of it. */
#include "config.h"

#include "config_parts.h"
#include "config_words.h"
#include "gateway/base/catalog_parts.h"
#include "schedule/reply_words.h"
#include "schedule/wording.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAIN_FILE "dunlin.yaml"

/* What a snapshot is behind the struct that everybody reads. */
struct snapshot {
	struct config config; /* first: config_unref finds the rest by it */
	struct arena arena;
	struct catalog *catalog;
	atomic_uint refs;
};

const char *
config_path(struct config_parts *p, const char *name)
{
	if (p->home == NULL || name[0] == '/')
		return name;
	return arena_format(p->arena, "%s/%s", p->home, name);
}

/* --- dunlin.yaml ---------------------------------------------------------------------------- */

struct raw_main {
	const struct yaml_node *lender, *test_numbers, *policy, *buckets, *routes, *promises,
	    *alerts, *web, *voices;
	bool live;
	const char *store;
};

#define AT(member) .offset = offsetof(struct raw_main, member)
static const struct yaml_key main_keys[] = {{"lender", YAML_NODE, .required = true, AT(lender)},
					    {"live", YAML_BOOL, AT(live)},
					    {"test_numbers", YAML_NODE, AT(test_numbers)},
					    {"policy", YAML_NODE, AT(policy)},
					    {"buckets", YAML_NODE, AT(buckets)},
					    {"routes", YAML_NODE, AT(routes)},
					    {"promises", YAML_NODE, AT(promises)},
					    {"alerts", YAML_NODE, AT(alerts)},
					    {"store", YAML_TEXT, AT(store)},
					    {"voices", YAML_NODE, AT(voices)},
					    {"web", YAML_NODE, AT(web)},
					    {0}};

/* The lender comes first, whatever the order in the file: money and numbers need it. */
static void
read_main(struct config_parts *p, const struct yaml_node *root)
{
	struct raw_main raw = {.live = true, .store = "dunlin.db"};
	size_t errors;

	yaml_fill(&p->yaml, root, NULL, MAIN_FILE, main_keys, &raw);
	errors = p->complaints->errors;
	config_read_lender(p, raw.lender);
	p->lender_wrong = raw.lender == NULL || p->complaints->errors > errors;
	p->config->live = raw.live;
	p->config->store = config_path(p, raw.store);
	config_read_test_numbers(p, raw.test_numbers);
	if (!raw.live && p->config->n_test_numbers == 0 && yaml_is_null(raw.test_numbers))
		yaml_warn(&p->yaml, root,
			  "`live` is false and there are no test_numbers: nothing "
			  "will be sent to anybody");
	config_read_policy(p, raw.policy);
	config_read_buckets(p, raw.buckets);
	config_read_routes(p, raw.routes);
	config_read_promises(p, raw.promises);
	config_read_alerts(p, raw.alerts);
	config_read_web(p, raw.web);
	config_read_voices(p, raw.voices);
}

/* --- loading -------------------------------------------------------------------------------- */

/* Keeps complaints of one file together and by line, though the file was read in another order. */
static int
by_place(const void *a, const void *b)
{
	const struct complaint *x = a, *y = b;
	int order = strcmp(x->file, y->file);

	if (order == 0)
		order = x->line != y->line ? (x->line < y->line ? -1 : 1)
					   : (x->col > y->col) - (x->col < y->col);
	return order != 0 ? order : strcmp(x->text, y->text);
}

static void
sort_complaints(struct complaints *list, size_t from)
{
	if (list->n > from + 1)
		qsort(list->items + from, list->n - from, sizeof(*list->items), by_place);
}

static struct snapshot *
snapshot_new(const char *home)
{
	static atomic_ullong serial = 1;
	struct snapshot *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	atomic_init(&s->refs, 1);
	s->config.serial = atomic_fetch_add_explicit(&serial, 1, memory_order_relaxed);
	s->config.home = home != NULL ? arena_text(&s->arena, home, strlen(home)) : "";
	return s;
}

/* Where no route brings anything back, a text must not ask for an answer. */
static void
check_replies(struct config_parts *p)
{
	const struct config *config = p->config;

	for (size_t i = 0; i < config->n_routes; i++)
		if (config->routes[i].replies)
			return;
	for (size_t i = 0; config->n_routes > 0 && i < catalog_count(config->catalog); i++)
		if (catalog_at(config->catalog, i)->replies)
			complaint_add(
			    p->complaints, catalog_at(config->catalog, i)->file, 1, 1,
			    "invites a reply, but no route brings replies back; reword it, "
			    "or begin it with {{! replies: no }} if it does not");
}

/* Everything beside dunlin.yaml: texts first, since steps name them. */
static int
read_folders(struct config_parts *p, struct snapshot *s)
{
	int rc = catalog_load(p->home, p->columns, &s->catalog, p->complaints);

	s->config.catalog = s->catalog;
	if (rc != 0)
		return rc;
	check_replies(p);
	if (config_words_own(p->home))
		s->config.words = config_words_load(p->home, p->complaints);
	config_lint_templates(p);
	config_read_scripts(p);
	config_read_campaigns(p);
	return 0;
}

/* What was in the list of complaints when this load began. */
struct before {
	size_t n, errors, warnings;
};

/* Turns the tree into a snapshot, or frees it: 0 or a negative errno. */
static int
load(struct config_parts *p, struct snapshot *s, const struct yaml_node *root, struct config **out,
     const struct before *before)
{
	size_t first;
	int rc;

	config_read_wording(p);
	if (root != NULL || p->complaints->errors == before->errors) {
		read_main(p, root);
	} else {
		config_read_lender(p, NULL);
		p->lender_wrong = true;
	}
	sort_complaints(p->complaints, before->n);
	first = p->complaints->n;
	rc = p->home != NULL && !p->lender_alone ? read_folders(p, s)
						 : catalog_new_empty(&s->catalog);
	s->config.catalog = s->catalog;
	sort_complaints(p->complaints, first);
	s->config.warnings = (unsigned)(p->complaints->warnings - before->warnings);
	if (rc == 0 && (p->lender_alone ? p->lender_wrong : p->complaints->errors > before->errors))
		rc = -EINVAL;
	if (rc == 0)
		*out = &s->config;
	return rc;
}

static void
parts_init(struct config_parts *p, struct snapshot *s, const char *home,
	   const struct catalog_columns *columns, struct complaints *complaints)
{
	*p = (struct config_parts){.arena = &s->arena,
				   .config = &s->config,
				   .complaints = complaints,
				   .home = home,
				   .columns = columns};
	p->yaml = (struct yaml_reader){
	    .arena = &s->arena, .file = MAIN_FILE, .complaints = complaints, .user = p};
}

static int
load_home(const char *home, const struct catalog_columns *columns, bool lender_alone,
	  struct config **out, struct complaints *complaints)
{
	const struct before before = {complaints->n, complaints->errors, complaints->warnings};
	struct snapshot *s = snapshot_new(home);
	const struct yaml_node *root = NULL;
	struct config_parts p;
	int rc;

	*out = NULL;
	if (s == NULL)
		return -ENOMEM;
	parts_init(&p, s, s->config.home, columns, complaints);
	p.lender_alone = lender_alone;
	rc = yaml_read(&p.scratch, config_path(&p, MAIN_FILE), MAIN_FILE, &root, complaints);
	if (rc == -ENOENT)
		complaint_add(complaints, MAIN_FILE, 0, 0,
			      "there is none in `%.200s`: `dunlin init DIR` writes a home folder, "
			      "-C DIR names one",
			      home);
	else if (rc == 0 || rc == -EINVAL)
		rc = load(&p, s, root, out, &before);
	arena_clear(&p.scratch);
	if (*out == NULL)
		config_unref(&s->config);
	return rc;
}

int
config_load_with(const char *home, const struct catalog_columns *columns, struct config **out,
		 struct complaints *complaints)
{
	return load_home(home, columns, false, out, complaints);
}

int
config_load(const char *home, struct config **out, struct complaints *complaints)
{
	return load_home(home, NULL, false, out, complaints);
}

int
config_load_lender(const char *home, struct config **out, struct complaints *complaints)
{
	return load_home(home, NULL, true, out, complaints);
}

int
config_parse(const char *text, size_t len, struct config **out, struct complaints *complaints)
{
	const struct before before = {complaints->n, complaints->errors, complaints->warnings};
	struct snapshot *s = snapshot_new(NULL);
	const struct yaml_node *root = NULL;
	struct config_parts p;
	int rc;

	*out = NULL;
	if (s == NULL)
		return -ENOMEM;
	parts_init(&p, s, NULL, NULL, complaints);
	rc = yaml_parse(&p.scratch, text, len, MAIN_FILE, &root, complaints);
	if (rc == 0 || rc == -EINVAL)
		rc = load(&p, s, root, out, &before);
	arena_clear(&p.scratch);
	if (*out == NULL)
		config_unref(&s->config);
	return rc;
}

/* --- the snapshot --------------------------------------------------------------------------- */

struct config *
config_ref(struct config *config)
{
	struct snapshot *s = (struct snapshot *)config;

	atomic_fetch_add_explicit(&s->refs, 1, memory_order_relaxed);
	return config;
}

void
config_unref(struct config *config)
{
	struct snapshot *s = (struct snapshot *)config;

	if (s == NULL || atomic_fetch_sub_explicit(&s->refs, 1, memory_order_acq_rel) > 1)
		return;
	catalog_free(s->catalog);
	wording_free(s->config.wording);
	reply_words_free(s->config.words);
	arena_clear(&s->arena);
	free(s);
}

const struct reply_words *
config_words(const struct config *config)
{
	return config->words != NULL ? config->words : config_words_shipped();
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(a, *(const char *const *)b);
}

bool
config_is_test(const struct config *config, const char *number)
{
	return config->n_test_numbers > 0 &&
	       bsearch(number, config->test_numbers, config->n_test_numbers, sizeof(char *),
		       by_text) != NULL;
}

int
config_route_match(const struct config *config, const struct config_route *route,
		   const char *number)
{
	const char *const *prefixes = route->prefixes;
	size_t n = route->n_prefixes;
	int best = -1;

	if (n == 0) {
		prefixes = &config->lender.prefix;
		n = 1;
	}
	for (size_t i = 0; i < n; i++) {
		size_t len = strlen(prefixes[i]);

		if (strncmp(number, prefixes[i], len) == 0 && (int)len > best)
			best = (int)len;
	}
	return best;
}

static bool
is_cheaper(const struct config_route *a, const struct config_route *b)
{
	return a->price != CONFIG_PRICE_UNKNOWN && b->price != CONFIG_PRICE_UNKNOWN &&
	       a->price < b->price;
}

static bool
places_calls(const struct config_route *route)
{
	return route->type == CONFIG_ROUTE_MODEM && route->modem.voice;
}

static int
best_route(const struct config *config, const char *number, bool voice)
{
	int best = -1, length = -1;

	for (size_t i = 0; i < config->n_routes; i++) {
		int match = config_route_match(config, &config->routes[i], number);

		if (voice && !places_calls(&config->routes[i]))
			continue;
		if (match > length || (match >= 0 && match == length &&
				       is_cheaper(&config->routes[i], &config->routes[best]))) {
			length = match;
			best = (int)i;
		}
	}
	return best;
}

int
config_best_route(const struct config *config, const char *number)
{
	return best_route(config, number, false);
}

int
config_voice_route(const struct config *config, const char *number)
{
	return best_route(config, number, true);
}

const char *
config_best_route_name(const struct config *config, const char *number)
{
	int i = config_best_route(config, number);

	return i >= 0 ? config->routes[i].name : "";
}

bool
config_port_is_pty(const char *port)
{
	char path[PATH_MAX];

	return strncmp(realpath(port, path) != NULL ? path : port, "/dev/pts/", 9) == 0;
}

/* A link that is not there now may come to lead to a pty; what it leads to then is looked at when
 * it is opened. */
static bool
may_be_ptys(const struct config_modem *modem)
{
	for (size_t i = 0; i < modem->n_ports; i++) {
		const char *port = modem->ports[i];

		if (!config_port_is_pty(port) &&
		    (strncmp(port, "/dev/", 5) == 0 || access(port, F_OK) == 0))
			return false;
	}
	return modem->n_ports > 0;
}

bool
config_is_loopback(const struct config *config)
{
	for (size_t i = 0; i < config->n_routes; i++) {
		const struct config_route *route = &config->routes[i];

		if (route->type == CONFIG_ROUTE_SMPP && !config_host_is_loopback(route->smpp.host))
			return false;
		if (route->type == CONFIG_ROUTE_MODEM && !may_be_ptys(&route->modem))
			return false;
	}
	return true;
}

const struct campaign *
config_campaign(const struct config *config, const char *name)
{
	for (size_t i = 0; i < config->n_campaigns; i++)
		if (strcmp(config->campaigns[i]->name, name) == 0)
			return config->campaigns[i];
	return NULL;
}

int
config_route_index(const struct config *config, const char *name)
{
	for (size_t i = 0; i < config->n_routes; i++)
		if (strcmp(config->routes[i].name, name) == 0)
			return (int)i;
	return -1;
}
