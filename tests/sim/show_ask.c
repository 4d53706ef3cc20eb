#include "show_ask.h"

#include <assert.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* The child's own files: nothing to read, the pipe to write to, complaints into a file. */
static pid_t
start(const struct show_options *o, char *const argv[], int out)
{
	posix_spawn_file_actions_t files;
	char complaints[4096];
	pid_t pid = -1;
	snprintf(complaints, sizeof complaints, "%s/show.err", o->home);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
	posix_spawn_file_actions_addopen(&files, STDERR_FILENO, complaints,
					 O_WRONLY | O_CREAT | O_APPEND, 0600);
	if (posix_spawnp(&pid, o->dunlin, &files, NULL, argv, environ) != 0)
		pid = -1;
	posix_spawn_file_actions_destroy(&files);
	return pid;
}

static void
read_lines(int from, show_line *on_line, void *arg)
{
	FILE *in = fdopen(from, "r");
	char *line = NULL;
	size_t room = 0;
	if (!in) {
		close(from);
		return;
	}
	for (ssize_t n; (n = getline(&line, &room, in)) > 0;) {
		line[n - (line[n - 1] == '\n')] = 0;
		if (on_line)
			on_line(arg, line);
	}
	free(line);
	fclose(in);
}

int
show_ask(const struct show_options *o, const char *const words[], show_line *on_line, void *arg)
{
	/* posix_spawn takes the words without const, and leaves them alone all the same. */
	union {
		const char *words[SHOW_ASK_WORDS + 4];
		char *argv[SHOW_ASK_WORDS + 4];
	} list = {.words = {o->dunlin, "-C", o->home}};
	size_t n = 3;
	for (size_t i = 0; words[i]; i++) {
		assert(i < SHOW_ASK_WORDS);
		list.words[n++] = words[i];
	}
	int ends[2], status;
	if (pipe2(ends, O_CLOEXEC) != 0)
		return -1;
	pid_t pid = start(o, list.argv, ends[1]);
	close(ends[1]);
	read_lines(ends[0], on_line, arg);
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
