/* voice_child.c - one child process: text in by an unnamed file, a deadline, and no orphan
 *
 * Its standard input is a file in memory that only its descriptor names: nothing to write piece by
 * piece, no SIGPIPE from a child that does not read. What it says comes by a pipe that is read
 * once, when it has ended; a child that says more than a pipe holds meets its deadline. It leads a
 * process group of its own, so that what it starts dies with it. */
#include "voice_part.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static int
text_file(const char *text)
{
	size_t n = strlen(text);
	int fd = memfd_create("text", MFD_CLOEXEC);
	if (fd < 0)
		return uv_translate_sys_error(errno);
	if (write(fd, text, n) != (ssize_t)n || lseek(fd, 0, SEEK_SET) != 0) {
		close(fd);
		return UV_ENOMEM;
	}
	return fd;
}

static void
read_said(struct voice_child *child)
{
	ssize_t n = read(child->said_fd, child->said, sizeof child->said - 1);
	size_t len = n > 0 ? (size_t)n : 0;
	close(child->said_fd);
	for (size_t i = 0; i < len; i++)
		if (child->said[i] == '\n' || child->said[i] == '\r')
			len = i;
		else if (child->said[i] < ' ' || child->said[i] > '~')
			child->said[i] = '?';
	child->said[len] = '\0';
}

static void
on_closed(uv_handle_t *handle)
{
	struct voice_child *child = handle->data;
	if (--child->handles > 0)
		return;
	child->done(child);
}

static void
close_all(struct voice_child *child)
{
	child->handles = 2;
	uv_close((uv_handle_t *)&child->process, on_closed);
	uv_close((uv_handle_t *)&child->deadline, on_closed);
}

static void
on_exit(uv_process_t *process, int64_t status, int signal)
{
	struct voice_child *child = process->data;
	child->status = status;
	child->signal = signal;
	kill(-process->pid, SIGKILL); /* what it may have started */
	read_said(child);
	close_all(child);
}

static void
on_deadline(uv_timer_t *timer)
{
	struct voice_child *child = timer->data;
	child->late = true;
	voice_child_kill(child);
}

void
voice_child_kill(struct voice_child *child)
{
	if (child->handles == 0 && child->error == 0)
		kill(-child->process.pid, SIGKILL);
}

static int
spawn(struct voice_child *child, uv_loop_t *loop, char **argv, int in, int out)
{
	uv_stdio_container_t stdio[3] = {
	    {.flags = UV_INHERIT_FD, .data.fd = in},
	    {.flags = UV_INHERIT_FD, .data.fd = out},
	    {.flags = UV_INHERIT_FD, .data.fd = out},
	};
	uv_process_options_t options = {
	    .exit_cb = on_exit,
	    .file = argv[0],
	    .args = argv,
	    .flags = UV_PROCESS_DETACHED,
	    .stdio_count = 3,
	    .stdio = stdio,
	};
	return uv_spawn(loop, &child->process, &options);
}

int
voice_child_start(struct voice_child *child, uv_loop_t *loop, char **argv, const char *text,
		  unsigned deadline_ms, voice_child_fn *done, void *ctx)
{
	int said[2], in = text_file(text);
	if (in < 0)
		return in;
	if (pipe2(said, O_CLOEXEC | O_NONBLOCK) < 0) {
		int err = uv_translate_sys_error(errno);
		close(in);
		return err;
	}
	*child = (struct voice_child){.said_fd = said[0], .done = done, .ctx = ctx};
	child->process.data = child->deadline.data = child;
	uv_timer_init(loop, &child->deadline);
	child->error = spawn(child, loop, argv, in, said[1]);
	close(in);
	close(said[1]);
	if (child->error == 0) {
		uv_timer_start(&child->deadline, on_deadline, deadline_ms, 0);
	} else { /* a handle that failed to start is closed like any other */
		read_said(child);
		close_all(child);
	}
	return 0;
}
