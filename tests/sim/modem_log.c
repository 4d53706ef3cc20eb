#include "modem_log.h"

#include "log.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

struct modem_log {
	int fd;
	struct buffer lines;
	struct buffer text;
};

struct modem_log *
modem_log_open(const char *path)
{
	struct modem_log *log = calloc(1, sizeof *log);
	if (!log)
		abort();
	log->fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
	if (log->fd < 0) {
		perror(path);
		free(log);
		return NULL;
	}
	return log;
}

void
modem_log_flush(struct modem_log *log)
{
	for (size_t at = 0; at < log->lines.used;) {
		ssize_t n = write(log->fd, log->lines.at + at, log->lines.used - at);
		if (n < 0) {
			/* A log with holes would prove the wrong thing. */
			perror("dunlin-sim: --log");
			exit(3);
		}
		at += (size_t)n;
	}
	log->lines.used = 0;
}

void
modem_log_close(struct modem_log *log)
{
	modem_log_flush(log);
	close(log->fd);
	buffer_fini(&log->lines);
	buffer_fini(&log->text);
	free(log);
}

static void
put_time(struct buffer *to)
{
	struct timeval now;
	struct tm tm;
	char clock[24];
	gettimeofday(&now, NULL);
	gmtime_r(&now.tv_sec, &tm);
	strftime(clock, sizeof clock, "%Y-%m-%dT%H:%M:%S", &tm);
	buffer_printf(to, "{\"time\":\"%s.%03uZ\"", clock, (unsigned)(now.tv_usec / 1000));
}

static void
put_string(struct buffer *to, const char *key, const void *value, size_t n)
{
	buffer_printf(to, ",\"%s\":\"", key);
	log_escape(to, value, n);
	buffer_puts(to, "\"");
}

static void
put_sha(struct buffer *to, const uint8_t *octets, size_t n)
{
	unsigned char sum[EVP_MAX_MD_SIZE];
	EVP_Digest(octets, n, sum, NULL, EVP_sha256(), NULL);
	buffer_puts(to, ",\"sha\":\"");
	for (size_t i = 0; i < 32; i++)
		buffer_printf(to, "%02x", sum[i]);
	buffer_puts(to, "\"");
}

void
modem_log_put(struct modem_log *log, const struct modem_log_text *t)
{
	const struct tpdu_submit *s = t->submit;
	struct buffer *to = &log->lines;
	put_time(to);
	buffer_printf(to, ",\"modem\":%llu,\"imei\":\"%s\",\"imsi\":\"%s\"",
		      (unsigned long long)t->modem, t->imei, t->imsi);
	buffer_printf(to, ",\"id\":\"%llu\",\"reference\":%u", (unsigned long long)t->id,
		      t->reference);
	put_string(to, "from", t->from, strlen(t->from));
	put_string(to, "to", s->to, strlen(s->to));
	buffer_printf(to, ",\"to_ton\":%u,\"data_coding\":%u", s->ton, s->dcs);
	log->text.used = 0;
	tpdu_submit_text(s, &log->text);
	put_string(to, "text", log->text.at ? (const void *)log->text.at : "", log->text.used);
	buffer_printf(to, ",\"how\":\"%s\",\"ref\":%u,\"total\":%u,\"n\":%u", s->how, s->ref,
		      s->total, s->n);
	put_sha(to, s->data, s->len);
	buffer_printf(to, ",\"octets\":%zu,\"validity_period\":%u,\"registered_delivery\":%d",
		      s->len, s->validity_s, s->report);
	buffer_printf(to, ",\"accepted\":true,\"answered\":%s,\"twice\":%s}\n",
		      t->answered ? "true" : "false", t->twice ? "true" : "false");
}
