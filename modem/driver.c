#include "driver.h"

#include "driver_tables.h"

#include <string.h>
#include <strings.h>

/* 27.005 3.2.5: from here on each maker has his own, "the network did not answer" among them. */
#define MAKERS_OWN 512

static const struct driver *
generic(void)
{
	return &driver_tables[driver_tables_n - 1];
}

static bool
contains_any(const char *text, const char *const *words)
{
	for (; *words != NULL; words++)
		if (strcasestr(text, *words) != NULL)
			return true;
	return false;
}

/* Words first: the vendor of the USB chip is often another than the modem's maker. */
static bool
fits(const struct driver *driver, const char *maker, const char *model)
{
	if (driver->makers == NULL || !contains_any(maker, driver->makers))
		return false;
	return driver->models == NULL || contains_any(model, driver->models);
}

const struct driver *
driver_find(const char *maker, const char *model, int vid, int pid)
{
	for (size_t i = 0; i < driver_tables_n; i++)
		if (fits(&driver_tables[i], maker, model))
			return &driver_tables[i];
	for (size_t i = 0; i < driver_tables_n; i++) {
		const struct driver *driver = &driver_tables[i];

		if (driver->vid != 0 && driver->vid == vid &&
		    (driver->pid == 0 || driver->pid == pid))
			return driver;
	}
	return generic();
}

const struct driver *
driver_named(const char *name)
{
	for (size_t i = 0; i < driver_tables_n; i++)
		if (strcmp(driver_tables[i].name, name) == 0)
			return &driver_tables[i];
	return NULL;
}

const struct driver *
driver_at(size_t i)
{
	return i < driver_tables_n ? &driver_tables[i] : NULL;
}

void
driver_whole(const struct driver *driver, struct driver *out)
{
	const struct driver *base = generic();

	*out = *driver;
	if (out->init == NULL)
		out->init = base->init;
	if (out->cnmi == NULL)
		out->cnmi = base->cnmi;
	if (out->iccid == NULL)
		out->iccid = base->iccid;
	if (out->cmms == NULL)
		out->cmms = base->cmms;
	if (out->reset == NULL)
		out->reset = base->reset;
	if (out->radio_off == NULL)
		out->radio_off = base->radio_off;
	if (out->radio_on == NULL)
		out->radio_on = base->radio_on;
}

const struct driver_error *
driver_error(const struct driver *driver, int code)
{
	static const struct driver_error unknown = {0, DRIVER_LATER, "an error without a meaning"};
	static const struct driver_error makers = {
	    0, DRIVER_UNKNOWN, "an error of the modem's own, without a meaning"};

	for (const struct driver_error *e = driver->errors; e != NULL && e->code != 0; e++)
		if (e->code == code)
			return e;
	for (size_t i = 0; i < driver_common_errors_n; i++)
		if (driver_common_errors[i].code == code)
			return &driver_common_errors[i];
	return code >= MAKERS_OWN ? &makers : &unknown;
}

static bool
begins_any(const char *line, const char *const *prefixes)
{
	for (; prefixes != NULL && *prefixes != NULL; prefixes++)
		if (strncasecmp(line, *prefixes, strlen(*prefixes)) == 0)
			return true;
	return false;
}

bool
driver_unsolicited(const struct driver *driver, const char *line)
{
	return begins_any(line, driver_common_unsolicited) || begins_any(line, driver->unsolicited);
}
