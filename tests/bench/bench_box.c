/* bench_box PORT COUNT OPEN: puts texts into Kannel's bearerbox the way its own smsbox does, over
 * the box connection, so that what is measured is bearerbox and not an HTTP server before it.
 *
 * COUNT texts, at most OPEN of them not yet acknowledged ("stored"), receipts asked for; every
 * receipt is acknowledged.  Ends when all are stored and COUNT receipts came, or nothing came for
 * ten seconds, and prints what came:  acks N receipts N
 *
 * A box message is four octets of length, four of type, then the fields in a fixed order: integers
 * of four octets, strings with four octets of length, 0xffffffff for what is absent. */
#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

enum { BOX_SMS = 2, BOX_ACK = 3 };
enum { ABSENT = -1, MT_PUSH = 2, REPORT_MO = 3, DLR_FINAL = 3, UUID = 36, PATIENCE_MS = 10000 };

struct buffer {
	uint8_t data[1 << 18];
	size_t at, len;
};

struct box {
	int fd;
	unsigned count, open;
	unsigned sent, acks, receipts, refused;
	struct buffer in, out;
};

static void
put_int(struct buffer *b, int32_t value)
{
	uint32_t n = htonl((uint32_t)value);

	assert(b->len + 4 <= sizeof b->data);
	memcpy(b->data + b->len, &n, 4);
	b->len += 4;
}

static void
put_text(struct buffer *b, const char *text)
{
	size_t n = strlen(text);

	put_int(b, (int32_t)n);
	assert(b->len + n <= sizeof b->data);
	memcpy(b->data + b->len, text, n);
	b->len += n;
}

static void
put_absent(struct buffer *b, int n)
{
	while (n-- > 0)
		put_int(b, ABSENT);
}

/* Writes the length of the message begun at `start` before it. */
static void
seal(struct buffer *b, size_t start)
{
	uint32_t n = htonl((uint32_t)(b->len - start - 4));

	memcpy(b->data + start, &n, 4);
}

static void
put_sms(struct buffer *b, unsigned n)
{
	size_t start = b->len;
	char to[24], text[128], id[UUID + 1];
	uint32_t r[4];

	if (getrandom(r, sizeof r, 0) != (ssize_t)sizeof r)
		abort();
	snprintf(to, sizeof to, "+63917%07u", n % 10000000);
	snprintf(text, sizeof text,
		 "Hi Maria %u, PHP 700.50 was due 25 Aug 2026. Please pay. Sunrise Lending", n);
	snprintf(id, sizeof id, "%08x-%04x-%04x-%04x-%04x%08x", r[0], r[1] >> 16, r[1] & 0xffff,
		 r[2] >> 16, r[2] & 0xffff, r[3]);
	put_int(b, 0);
	put_int(b, BOX_SMS);
	put_text(b, "28550"); /* sender, receiver, user data header, text */
	put_text(b, to);
	put_text(b, "");
	put_text(b, text);
	put_absent(b, 4); /* time, smsc_id, smsc_number, foreign_id */
	put_text(b, "lender");
	put_absent(b, 1); /* account */
	put_text(b, id);
	put_int(b, MT_PUSH);
	put_absent(b, 2); /* class, waiting indication */
	put_int(b, 0);    /* coding */
	put_absent(b, 3); /* compress, validity, deferred */
	put_int(b, DLR_FINAL);
	put_text(b, "http://127.0.0.1/");
	put_absent(b, 11); /* what follows, to meta_data */
	seal(b, start);
}

static void
put_ack(struct buffer *b, const uint8_t *id)
{
	size_t start = b->len;

	put_int(b, 0);
	put_int(b, BOX_ACK);
	put_int(b, 0); /* success */
	put_int(b, ABSENT);
	put_int(b, UUID);
	assert(b->len + UUID <= sizeof b->data);
	memcpy(b->data + b->len, id, UUID);
	b->len += UUID;
	seal(b, start);
}

static int32_t
int_at(const uint8_t *p)
{
	uint32_t n;

	memcpy(&n, p, 4);
	return (int32_t)ntohl(n);
}

/* The id of an sms message: behind four strings, an integer and five strings. */
static const uint8_t *
id_of(const uint8_t *p, const uint8_t *end)
{
	for (int field = 0; field < 10 && end - p >= 4; field++) {
		int32_t n = int_at(p);

		p += 4;
		if (field == 4 || n < 0)
			continue;
		if (n > end - p)
			return NULL;
		p += n;
	}
	return end - p >= 4 + UUID && int_at(p) == UUID ? p + 4 : NULL;
}

static void
take(struct box *x, const uint8_t *p, size_t n)
{
	const uint8_t *id;

	if (n < 8)
		return;
	if (int_at(p) == BOX_ACK) {
		x->acks++;
		x->refused += int_at(p + 4) == 1 || int_at(p + 4) == 2;
	} else if (int_at(p) == BOX_SMS) {
		if ((id = id_of(p + 4, p + n)) == NULL)
			return;
		put_ack(&x->out, id);
		x->receipts++;
	}
}

static void
read_some(struct box *x)
{
	struct buffer *b = &x->in;
	ssize_t got = read(x->fd, b->data + b->len, sizeof b->data - b->len);

	if (got <= 0) {
		fprintf(stderr, "bearerbox closed the connection\n");
		exit(3);
	}
	b->len += (size_t)got;
	while (b->len - b->at >= 4) {
		size_t n = (size_t)(uint32_t)int_at(b->data + b->at);

		if (b->len - b->at < 4 + n)
			break;
		take(x, b->data + b->at + 4, n);
		b->at += 4 + n;
	}
	memmove(b->data, b->data + b->at, b->len - b->at);
	b->len -= b->at;
	b->at = 0;
}

static void
write_some(struct box *x)
{
	struct buffer *b = &x->out;
	ssize_t put;

	while (x->sent < x->count && x->sent - x->acks < x->open && b->len < 1 << 16)
		put_sms(b, x->sent++);
	if (b->len == 0)
		return;
	put = write(x->fd, b->data, b->len);
	if (put < 0 && errno != EAGAIN) {
		perror("bench_box: write");
		exit(3);
	}
	if (put > 0) {
		memmove(b->data, b->data + put, b->len - (size_t)put);
		b->len -= (size_t)put;
	}
}

int
main(int argc, char **argv)
{
	static struct box x;
	struct sockaddr_in to = {.sin_family = AF_INET};
	struct pollfd p = {.events = POLLIN};

	if (argc != 4) {
		fprintf(stderr, "usage: bench_box PORT COUNT OPEN\n");
		return 2;
	}
	to.sin_port = htons((uint16_t)atoi(argv[1]));
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	x.count = (unsigned)atoi(argv[2]);
	x.open = (unsigned)atoi(argv[3]);
	x.fd = socket(AF_INET, SOCK_STREAM, 0);
	if (x.fd < 0 || connect(x.fd, (struct sockaddr *)&to, sizeof to) != 0) {
		perror("bench_box: connect");
		return 3;
	}
	p.fd = x.fd;
	while (x.acks < x.count || x.receipts < x.count) {
		write_some(&x);
		p.events = (short)(POLLIN | (x.out.len > 0 ? POLLOUT : 0));
		if (poll(&p, 1, PATIENCE_MS) <= 0)
			break;
		if (p.revents & POLLIN)
			read_some(&x);
	}
	printf("acks %u refused %u receipts %u\n", x.acks, x.refused, x.receipts);
	close(x.fd);
	return x.acks == x.count && x.refused == 0 ? 0 : 1;
}
