/* Secrets stand in files of their own that nobody else can read, never in dunlin.yaml. */
#include "config_parts.h"
#include "gateway/base/textfile.h"

#include <errno.h>
#include <string.h>

#define SECRET_MAX 1024

/* The first line of the file in the snapshot's arena; NULL when it is empty or has more lines. */
static const char *
only_line(struct config_parts *p, const struct textfile *file)
{
	size_t len = strcspn(file->text, "\r\n");

	if (len == 0 || strspn(file->text + len, "\r\n") != file->len - len)
		return NULL;
	return arena_text(p->arena, file->text, len);
}

const char *
config_secret_file(struct config_parts *p, const struct yaml_node *node, const char *what)
{
	struct complaints ignored = {0};
	struct textfile file = {0};
	const char *name = NULL, *secret = NULL;
	int rc;

	if (!yaml_text(&p->yaml, node, what, &name))
		return NULL;
	if (p->home == NULL)
		return "";
	rc = textfile_read(&p->scratch, config_path(p, name), name, SECRET_MAX, &file, &ignored);
	complaint_clear(&ignored);
	if (rc == -ENOENT)
		yaml_wrong(&p->yaml, node,
			   "there is no file `%.80s`; make it, then chmod 600 %.80s", name, name);
	else if (rc == -EINVAL)
		yaml_wrong(&p->yaml, node, "`%.80s` must be a plain file with one line of text",
			   name);
	else if (rc < 0)
		yaml_wrong(&p->yaml, node, "`%.80s` cannot be read: %s", name, strerror(-rc));
	else if (file.open_to_others)
		yaml_wrong(&p->yaml, node, "others can read `%.80s`: chmod 600 %.80s", name, name);
	else if ((secret = only_line(p, &file)) == NULL)
		yaml_wrong(&p->yaml, node, "`%.80s` must hold one line, and that not empty", name);
	return secret;
}
