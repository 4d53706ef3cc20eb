#include "at_final.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

static const char *const refusals[] = {"ERROR", "COMMAND NOT SUPPORT", "TOO MANY PARAMETERS",
				       "COMMAND NOT SUPPORTED"};
static const char *const calls[] = {"CONNECT", "NO CARRIER", "BUSY", "NO ANSWER", "NO DIALTONE"};

bool
at_begins(const char *text, const char *prefix)
{
	return strncasecmp(text, prefix, strlen(prefix)) == 0;
}

bool
at_is_hex(const char *line)
{
	size_t n = 0;

	while (isxdigit((unsigned char)line[n]))
		n++;
	return line[n] == '\0' && n >= 2 && n % 2 == 0;
}

/* The number behind a colon; -1 where words stand there. */
static int
number_behind(const char *at)
{
	int number = 0;

	while (*at == ' ' || *at == ':')
		at++;
	if (*at < '0' || *at > '9')
		return -1;
	for (; *at >= '0' && *at <= '9' && number < 100000; at++)
		number = number * 10 + (*at - '0');
	return number;
}

static bool
is_call(const char *command, const char *line)
{
	if (!at_begins(command, "ATD") && !at_begins(command, "ATA"))
		return false;
	for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++)
		if (at_begins(line, calls[i]))
			return true;
	return false;
}

bool
at_final_parse(const char *command, const char *line, struct at_answer *out)
{
	out->cms = at_begins(line, "+CMS ERROR");
	out->code = -1;
	out->line = line;
	if (strcmp(line, "OK") == 0) {
		out->final = AT_OK;
		return true;
	}
	if (out->cms || at_begins(line, "+CME ERROR")) {
		out->final = AT_ERROR;
		out->code = number_behind(line + strlen("+CMS ERROR"));
		return true;
	}
	if (is_call(command, line)) {
		out->final = AT_CALL;
		return true;
	}
	out->final = AT_ERROR;
	for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++)
		if (strcmp(line, refusals[i]) == 0)
			return true;
	return false;
}
