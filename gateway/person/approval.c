#include "approval.h"

#include <stdio.h>

static const char *
key_of(const struct catalog_text *text, char key[128])
{
	snprintf(key, 128, "approved:%s:%s", text->name, text->version);
	return key;
}

bool
approval_needed(const struct catalog_text *text)
{
	return text->class == CATALOG_WARN || text->class == CATALOG_LEGAL;
}

bool
approval_given(struct store *s, const struct catalog_text *text, char fault[256])
{
	char key[128], who[64];

	if (!approval_needed(text) ||
	    (s != NULL && store_meta_text(s, key_of(text, key), who, sizeof who)))
		return true;
	snprintf(fault, 256,
		 "a text of class %s that nobody has approved as it is now: dunlin template "
		 "approve %s --by NAME",
		 catalog_class_word(text->class), text->name);
	return false;
}

int
approval_give(struct store *s, const struct catalog_text *text, const char *actor)
{
	char key[128];

	return store_meta_set_text(s, key_of(text, key), actor);
}
