/*
 * As much JSON as reading one line of a dunlin command needs: finding a member, taking its value.
 *
 * Nothing is built or allocated: a value is a stretch of the line. Total: on a line that is not
 * JSON every question is answered "not there".
 */
#ifndef SIM_SHOW_JSON_H
#define SIM_SHOW_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A value inside a line, from its first to behind its last character. */
struct show_json {
	const char *at;
	const char *end;
};

struct show_json show_json_line(const char *line);

/*
 * The member of that name; a path goes deeper by dots, as in `queue.sending`. False: not there,
 * or null.
 */
bool show_json_find(struct show_json object, const char *path, struct show_json *value);

/*
 * Walks an array's elements or an object's members: begin with `rest` the whole value. For
 * members `key` is set (it keeps its quotes); NULL where keys do not matter.
 */
bool show_json_next(struct show_json *rest, struct show_json *key, struct show_json *value);

/* A string's text, cut to `size` between two characters; "" when it is none. */
const char *show_json_text(struct show_json value, char *to, size_t size);

/* Found and taken in one step; absent: "" and 0. */
const char *show_json_word(const char *line, const char *path, char *to, size_t size);
int64_t show_json_int(const char *line, const char *path);
bool show_json_true(const char *line, const char *path);

#endif
