/* Any bytes as a YAML file: read, and every node of the tree walked. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/complaint.h"
#include "gateway/base/yaml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Marks are inside the file, texts end where they say, and depth is bounded. */
static void
walk(const struct yaml_node *node, int depth)
{
	size_t n = 0;

	assert(node->line >= 1 && node->col >= 1);
	assert(depth <= YAML_DEPTH);
	if (node->kind == YAML_SCALAR)
		assert(strlen(node->text) == node->len);
	for (const struct yaml_node *k = node->first; k != NULL; k = k->next, n++) {
		walk(k, depth + 1);
		if (k->value != NULL)
			walk(k->value, depth + 1);
	}
	assert(n == node->n);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct complaints complaints = {0};
	struct arena arena = {0};
	const struct yaml_node *root;
	int rc = yaml_parse(&arena, (const char *)data, size, "f.yaml", &root, &complaints);

	assert((rc == 0) == (complaints.errors == 0));
	if (root != NULL)
		walk(root, 1);
	complaint_clear(&complaints);
	arena_clear(&arena);
	return 0;
}
