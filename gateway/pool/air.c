#include "air.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define MAGIC "dunlin-air 1"
#define SLOTS 64
#define DONES 4 /* answers come faster than they get durable, but not by that many */
#define BOOT  40

/* In memory order within one process, which is all that is asked of it. */
struct done {
	int64_t message;
	int32_t part, reference;
	int32_t accepted, unused;
};

struct slot {
	int64_t sim; /* 0: free */
	int64_t out; /* 0: nothing */
	struct done done[DONES];
	int64_t next; /* of `done` */
};

struct file {
	char magic[16], boot[BOOT];
	int64_t run;
	struct slot slot[SLOTS];
};

struct air {
	struct file *file;
};

static void
path_of(const char *home, char path[1024])
{
	snprintf(path, 1024, "%s/dunlin.air", home);
}

static void
read_boot(char boot[BOOT])
{
	int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	ssize_t n;

	memset(boot, 0, BOOT);
	if (fd < 0)
		return; /* and no run is ever recognised */
	n = read(fd, boot, BOOT - 1);
	boot[n > 0 ? n : 0] = '\0';
	close(fd);
}

int
air_begin(const char *home, int64_t run)
{
	char path[1024];
	struct air *air;
	int fd, rc;

	path_of(home, path);
	if ((fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600)) < 0)
		return -errno;
	rc = posix_fallocate(fd, 0, sizeof(struct file)); /* a full disk must not kill us later */
	close(fd);
	if (rc != 0) {
		unlink(path);
		return -rc;
	}
	if ((air = air_open(home)) == NULL)
		return -EIO;
	memset(air->file, 0, sizeof *air->file);
	snprintf(air->file->magic, sizeof air->file->magic, "%s", MAGIC);
	read_boot(air->file->boot);
	air->file->run = run;
	air_close(air);
	return 0;
}

struct air *
air_open(const char *home)
{
	struct air *air = calloc(1, sizeof *air);
	char path[1024];
	int fd;

	path_of(home, path);
	if (air == NULL || (fd = open(path, O_RDWR | O_CLOEXEC)) < 0) {
		free(air);
		return NULL;
	}
	if (lseek(fd, 0, SEEK_END) != (off_t)sizeof(struct file) ||
	    (air->file = mmap(NULL, sizeof *air->file, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
			      0)) == MAP_FAILED) {
		free(air);
		air = NULL;
	}
	close(fd);
	return air;
}

void
air_close(struct air *air)
{
	if (air == NULL)
		return;
	munmap(air->file, sizeof *air->file);
	free(air);
}

static struct slot *
slot_of(const struct air *air, int64_t sim, bool make)
{
	for (size_t i = 0; i < SLOTS; i++) {
		struct slot *s = &air->file->slot[i];

		if (s->sim == 0 && make)
			s->sim = sim;
		if (s->sim == sim || s->sim == 0)
			return s->sim == sim ? s : NULL;
	}
	return NULL;
}

void
air_out(struct air *air, int64_t sim, int64_t message)
{
	struct slot *s = air != NULL ? slot_of(air, sim, true) : NULL;

	if (s != NULL)
		__atomic_store_n(&s->out, message, __ATOMIC_SEQ_CST);
	else if (air != NULL)
		air->file->run = 0; /* more SIMs than it holds: it tells nothing any more */
}

void
air_done(struct air *air, int64_t sim, int64_t message, int part, int reference, bool accepted)
{
	struct slot *s = air != NULL ? slot_of(air, sim, false) : NULL;

	if (s == NULL)
		return;
	s->done[s->next % DONES] = (struct done){
	    .message = message, .part = part, .reference = reference, .accepted = accepted};
	__atomic_store_n(&s->next, s->next + 1, __ATOMIC_SEQ_CST);
	if (s->out == message)
		__atomic_store_n(&s->out, 0, __ATOMIC_SEQ_CST);
}

void
air_refused(struct air *air, int64_t sim, int64_t message)
{
	struct slot *s = air != NULL ? slot_of(air, sim, false) : NULL;

	if (s != NULL && s->out == message)
		__atomic_store_n(&s->out, 0, __ATOMIC_SEQ_CST);
}

enum air_fate
air_fate(const struct air *air, int64_t run, int64_t sim, int64_t message, int *part,
	 int *reference)
{
	char boot[BOOT];
	const struct slot *s;
	enum air_fate fate = AIR_UNSENT;

	read_boot(boot);
	if (air == NULL || strcmp(air->file->magic, MAGIC) != 0 || run == 0 ||
	    air->file->run != run || boot[0] == '\0' || memcmp(air->file->boot, boot, BOOT) != 0)
		return AIR_DOUBT;
	if ((s = slot_of(air, sim, false)) == NULL)
		return AIR_UNSENT; /* nothing ever left by it in that run */
	if (s->out == message)
		return AIR_DOUBT;
	for (int64_t i = s->next > DONES ? s->next - DONES : 0; i < s->next; i++) {
		const struct done *d = &s->done[i % DONES];

		if (d->message != message)
			continue;
		fate = d->accepted ? AIR_ACCEPTED : AIR_DOUBT;
		*part = d->part;
		*reference = d->reference;
	}
	return fate;
}
