#include "machine.h"

#include <errno.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What systemd or D-Bus call this computer, else its host name. */
static void
read_id(char *buf, size_t cap)
{
	static const char *const files[] = {"/etc/machine-id", "/var/lib/dbus/machine-id"};

	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		FILE *file = fopen(files[i], "re");
		bool found = file != NULL && fgets(buf, (int)cap, file) != NULL && buf[0] != '\n';

		if (file != NULL)
			fclose(file);
		if (found)
			return;
	}
	if (gethostname(buf, cap) != 0)
		buf[0] = '\0';
	buf[cap - 1] = '\0';
}

int
machine_digest(const char *path, char out[MACHINE_DIGEST])
{
	unsigned char digest[16];
	crypto_generichash_state state;
	char id[128], inode[32];
	struct stat st;
	char *real = realpath(path, NULL);

	if (real == NULL || stat(real, &st) != 0) {
		int rc = -errno;

		free(real);
		return rc;
	}
	read_id(id, sizeof id);
	/* The inode tells a backup that was copied over the store; device numbers change by
	 * themselves. */
	snprintf(inode, sizeof inode, "%llu", (unsigned long long)st.st_ino);
	crypto_generichash_init(&state, NULL, 0, sizeof digest);
	crypto_generichash_update(&state, (unsigned char *)id, strlen(id) + 1);
	crypto_generichash_update(&state, (unsigned char *)real, strlen(real) + 1);
	crypto_generichash_update(&state, (unsigned char *)inode, strlen(inode) + 1);
	crypto_generichash_final(&state, digest, sizeof digest);
	sodium_bin2hex(out, MACHINE_DIGEST, digest, sizeof digest);
	free(real);
	return 0;
}
