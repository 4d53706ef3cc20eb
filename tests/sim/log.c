#include "log.h"

#include "ids.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

struct log {
	int fd;
	struct buffer lines;
	struct buffer text;
	time_t second;
	char clock[24]; /* `second` as RFC 3339 without fraction and zone */
	EVP_MD *sha256;
	EVP_MD_CTX *digest;
};

struct log *
log_open(const char *path)
{
	struct log *log = calloc(1, sizeof *log);
	if (!log)
		abort();
	log->fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
	log->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	log->digest = EVP_MD_CTX_new();
	if (log->fd < 0 || !log->sha256 || !log->digest) {
		perror(path);
		log_close(log);
		return NULL;
	}
	return log;
}

void
log_flush(struct log *log)
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
log_close(struct log *log)
{
	if (log->fd >= 0) {
		log_flush(log);
		close(log->fd);
	}
	buffer_fini(&log->lines);
	buffer_fini(&log->text);
	EVP_MD_CTX_free(log->digest);
	EVP_MD_free(log->sha256);
	free(log);
}

void
log_escape(struct buffer *to, const char *utf8, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)utf8[i];
		if (c < 0x20 || c == 0x7f) {
			buffer_printf(to, "\\u%04x", c);
		} else {
			if (c == '"' || c == '\\')
				buffer_put8(to, '\\');
			buffer_put8(to, c);
		}
	}
}

static void
put_time(struct log *log)
{
	struct timeval now;
	gettimeofday(&now, NULL);
	if (now.tv_sec != log->second) {
		struct tm tm;
		log->second = now.tv_sec;
		gmtime_r(&log->second, &tm);
		strftime(log->clock, sizeof log->clock, "%Y-%m-%dT%H:%M:%S", &tm);
	}
	unsigned ms = (unsigned)(now.tv_usec / 1000);
	char fraction[] = {
	    '.', (char)('0' + ms / 100), (char)('0' + ms / 10 % 10), (char)('0' + ms % 10), 'Z', 0};
	buffer_puts(&log->lines, "{\"time\":\"");
	buffer_puts(&log->lines, log->clock);
	buffer_puts(&log->lines, fraction);
	buffer_puts(&log->lines, "\"");
}

static void
put_number(struct log *log, const char *key, uint64_t value)
{
	buffer_puts(&log->lines, ",\"");
	buffer_puts(&log->lines, key);
	buffer_puts(&log->lines, "\":");
	buffer_put_number(&log->lines, value);
}

static void
put_string(struct log *log, const char *key, const char *value, size_t n)
{
	buffer_puts(&log->lines, ",\"");
	buffer_puts(&log->lines, key);
	buffer_puts(&log->lines, "\":\"");
	log_escape(&log->lines, value, n);
	buffer_puts(&log->lines, "\"");
}

static void
put_sha(struct log *log, const uint8_t *octets, size_t n)
{
	static const char hex[] = "0123456789abcdef";
	unsigned char sum[32];
	char digits[64];
	EVP_DigestInit_ex2(log->digest, log->sha256, NULL);
	EVP_DigestUpdate(log->digest, octets, n);
	EVP_DigestFinal_ex(log->digest, sum, NULL);
	for (size_t i = 0; i < sizeof sum; i++) {
		digits[2 * i] = hex[sum[i] >> 4];
		digits[2 * i + 1] = hex[sum[i] & 15];
	}
	put_string(log, "sha", digits, sizeof digits);
}

static void
put_ids(struct log *log, const struct options *o, const struct message *m)
{
	char id[IDS_ROOM];
	ids_format(o->id_form, m->number, id);
	put_string(log, "id", id, strlen(id));
	if (o->receipt_id_form != o->id_form)
		ids_format(o->receipt_id_form, m->number, id);
	put_string(log, "receipt_id", id, strlen(id));
}

void
log_submit(struct log *log, const struct options *o, const struct log_submit *s)
{
	const struct pdu_message *pdu = s->pdu;
	put_time(log);
	put_number(log, "session", s->session);
	put_string(log, "system_id", s->message->system_id, strlen(s->message->system_id));
	put_number(log, "sequence", s->header->sequence);
	put_ids(log, o, s->message);
	put_string(log, "from", pdu->from.digits, strlen(pdu->from.digits));
	put_string(log, "to", pdu->to.digits, strlen(pdu->to.digits));
	put_number(log, "from_ton", pdu->from.ton);
	put_number(log, "to_ton", pdu->to.ton);
	put_number(log, "esm_class", pdu->esm_class);
	put_number(log, "data_coding", pdu->data_coding);
	log->text.used = 0;
	text_decode(&log->text, (enum text_alphabet)o->alphabet, o->packed, pdu->data_coding,
		    pdu->text, pdu->text_len, s->segment->header);
	put_string(log, "text", (const char *)log->text.at, log->text.used);
	put_string(log, "how", s->segment->how, strlen(s->segment->how));
	put_number(log, "ref", s->segment->reference);
	put_number(log, "total", s->segment->total);
	put_number(log, "n", s->segment->n);
	if (pdu->reference >= 0)
		put_number(log, "user_message_reference", (uint64_t)pdu->reference);
	else
		buffer_puts(&log->lines, ",\"user_message_reference\":null");
	put_sha(log, pdu->text, pdu->text_len);
	put_number(log, "octets", pdu->text_len);
	put_string(log, "validity_period", pdu->validity, strlen(pdu->validity));
	put_number(log, "registered_delivery", pdu->registered);
	buffer_puts(&log->lines, s->answered ? ",\"answered\":true" : ",\"answered\":false");
	buffer_puts(&log->lines, s->twice ? ",\"twice\":true}\n" : ",\"twice\":false}\n");
}
