/* What `dunlin check` says of voices and recordings: by an espeak-ng of our own that knows English
 * and Indonesian, so that it does not matter what is installed. */
#include "gateway/call/recordings.h"
#include "home.h"
#include "parsed.h"

#define TWO                                                                                        \
	"lender: {name: Sunrise Lending, country: PH, currency: PHP, timezone: Asia/Manila, "      \
	"languages: [en, fil, sw]}\n" ROUTE
#define SCRIPT                                                                                     \
	"start: hello\nstop: hello\ntrouble: hello\nsteps:\n"                                      \
	"  hello: {say: {en: Goodbye, fil: Paalam, sw: Kwaheri}, end: true}\n"

struct fixture {
	struct home home;
	struct parsed p;
	char *path; /* the PATH before */
};

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	char engine[128], path[256];

	f->home = home_make();
	f->path = strdup(getenv("PATH"));
	home_write(&f->home, "scripts/ask.yaml", SCRIPT);
	home_write(&f->home, "bin/espeak-ng",
		   "#!/bin/sh\n"
		   "case \"$2\" in en|id|xsw) exit 0;; esac\n"
		   "echo 'Error: The specified espeak-ng voice does not exist.' >&2\n"
		   "exit 1\n");
	snprintf(engine, sizeof engine, "%s/bin/espeak-ng", f->home.path);
	chmod(engine, 0700);
	snprintf(path, sizeof path, "%s/bin:/usr/bin:/bin", f->home.path);
	setenv("PATH", path, 1);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	setenv("PATH", f->path, 1);
	home_remove(&f->home);
	free(f->path);
	free(f);
	return 0;
}

static void
check(struct fixture *f, const char *voices)
{
	char text[1024];

	snprintf(text, sizeof text, TWO "%s", voices);
	home_write(&f->home, "dunlin.yaml", text);
	f->p.rc = config_load(f->home.path, &f->p.config, &f->p.complaints);
	assert_int_equal(f->p.rc, 0);
	recordings_check(f->p.config, &f->p.complaints);
}

static void
forget(struct fixture *f)
{
	drop(&f->p);
	f->p = (struct parsed){.rc = 0};
}

static const struct complaint *
told(const struct fixture *f, const char *words)
{
	for (size_t i = 0; i < f->p.complaints.n; i++)
		if (strstr(f->p.complaints.items[i].text, words) != NULL)
			return &f->p.complaints.items[i];
	return NULL;
}

static void
a_voice_that_is_there_asks_for_no_recordings(void **state)
{
	struct fixture *f = *state;

	check(f, "voices: {fil: id, sw: xsw}\n");
	assert_int_equal(f->p.complaints.n, 0);
	forget(f);
}

/* Alone: all that would have to be recorded without it would hide it. */
static void
a_voice_that_is_not_there_is_told_where_it_stands(void **state)
{
	struct fixture *f = *state;
	const struct complaint *c;

	check(f, "voices: {en: en, fil: xx, sw: xsw}\n");
	assert_int_equal(f->p.complaints.n, 1);
	c = told(f, "espeak-ng has no voice \"xx\"");
	assert_non_null(c);
	assert_false(c->warning);
	assert_string_equal(c->file, "dunlin.yaml");
	assert_int_equal(c->line, 3);
	assert_int_equal(c->col, 23);
	assert_non_null(strstr(c->text, "`espeak-ng --voices`"));
	forget(f);
}

/* A language whose own voice espeak-ng turns out not to have is as mute as one known to have none.
 */
static void
no_voice_of_its_own_asks_for_recordings(void **state)
{
	struct fixture *f = *state;

	check(f, "");
	assert_int_equal(f->p.complaints.errors, 0);
	assert_non_null(told(f, "no voice speaks `fil`; it says: Paalam"));
	assert_non_null(told(f, "no voice speaks `sw`; it says: Kwaheri"));
	assert_null(told(f, "Goodbye"));
	forget(f);
}

/* What is not installed cannot be asked: nothing is called wrong then. */
static void
without_espeak_voices_are_not_judged(void **state)
{
	struct fixture *f = *state;

	setenv("PATH", f->home.path, 1);
	check(f, "voices: {fil: xx}\n");
	assert_int_equal(f->p.complaints.n, 0); /* sw has a voice, as far as is known */
	forget(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(a_voice_that_is_there_asks_for_no_recordings, setup,
					    teardown),
	    cmocka_unit_test_setup_teardown(a_voice_that_is_not_there_is_told_where_it_stands,
					    setup, teardown),
	    cmocka_unit_test_setup_teardown(no_voice_of_its_own_asks_for_recordings, setup,
					    teardown),
	    cmocka_unit_test_setup_teardown(without_espeak_voices_are_not_judged, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
