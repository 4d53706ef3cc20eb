#include "lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#define TRY_AGAIN_MS 50

static const char *const words[] = {"command", "daemon"};

/* The holder wrote "daemon 1234\n". */
static void
read_holder(int fd, struct lock_holder *holder)
{
	char text[64];
	ssize_t n = pread(fd, text, sizeof text - 1, 0);
	const char *space;

	*holder = (struct lock_holder){.kind = LOCK_COMMAND};
	if (n <= 0)
		return;
	text[n] = '\0';
	if (strncmp(text, words[LOCK_DAEMON], strlen(words[LOCK_DAEMON])) == 0)
		holder->kind = LOCK_DAEMON;
	if ((space = strchr(text, ' ')) != NULL)
		holder->pid = (pid_t)strtol(space + 1, NULL, 10);
}

/* Only for messages: a full disk must not keep a command from trying. */
static void
write_holder(int fd, enum lock_kind kind)
{
	char text[64];
	int len = snprintf(text, sizeof text, "%s %ld\n", words[kind], (long)getpid());

	if (ftruncate(fd, 0) == 0 && pwrite(fd, text, (size_t)len, 0) != len)
		(void)!ftruncate(fd, 0);
}

static void
rest(int ms)
{
	struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L};

	nanosleep(&t, NULL);
}

int
lock_take(struct lock *lock, const char *home, enum lock_kind kind, int wait_ms,
	  struct lock_holder *holder)
{
	struct lock_holder found;
	char path[4096];

	lock->fd = -1;
	if (snprintf(path, sizeof path, "%s/dunlin.lock", home) >= (int)sizeof path)
		return -ENAMETOOLONG;
	lock->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (lock->fd < 0)
		return -errno;
	for (; flock(lock->fd, LOCK_EX | LOCK_NB) != 0; wait_ms -= TRY_AGAIN_MS) {
		int rc = -errno;

		if (rc == -EINTR)
			continue;
		read_holder(lock->fd, &found);
		if (rc == -EWOULDBLOCK && wait_ms > 0 &&
		    (kind == LOCK_COMMAND || found.kind != LOCK_DAEMON)) {
			rest(TRY_AGAIN_MS);
			continue;
		}
		if (holder != NULL)
			*holder = found;
		lock_drop(lock);
		return rc;
	}
	write_holder(lock->fd, kind);
	return 0;
}

void
lock_drop(struct lock *lock)
{
	if (lock->fd >= 0)
		close(lock->fd); /* the file stays: removing it would let two hold it */
	lock->fd = -1;
}
