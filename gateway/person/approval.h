/* approval.h - who approved a text of class warn or legal
 *
 * An approval is of the file's very bytes: a changed text has another version, and none.
 *
 * Inside a transaction of the store's.
 */
#ifndef GATEWAY_APPROVAL_H
#define GATEWAY_APPROVAL_H

#include "gateway/base/catalog.h"
#include "gateway/store/store.h"

#include <stdbool.h>

/* Does a text of this kind need one? */
bool approval_needed(const struct catalog_text *text);

/* May it be said, as far as this goes?  Sets a sentence in `fault` where not.  A store that is not
 * there yet (NULL) holds no approval. */
bool approval_given(struct store *s, const struct catalog_text *text, char fault[256]);

int approval_give(struct store *s, const struct catalog_text *text, const char *actor);

#endif
