/*
 * A growing run of octets, and big-endian writing into it.
 *
 * Sessions write their PDUs and the log its lines through one of these, so that nothing is
 * allocated per PDU: a buffer keeps its room when it is emptied.
 *
 * Ownership: buffer_fini() frees the room; a zeroed struct is an empty buffer.
 * Errors: running out of memory ends the program, which is what a simulator should do.
 */
#ifndef SIM_BUFFER_H
#define SIM_BUFFER_H

#include <stddef.h>
#include <stdint.h>

struct buffer {
	uint8_t *at;
	size_t used;
	size_t room;
};

void buffer_fini(struct buffer *b);

/* Makes room for `more` octets and returns where they go; the caller adds to `used`. */
uint8_t *buffer_reserve(struct buffer *b, size_t more);

void buffer_put(struct buffer *b, const void *octets, size_t n);
void buffer_put8(struct buffer *b, uint32_t value);
void buffer_put16(struct buffer *b, uint32_t value);
void buffer_put32(struct buffer *b, uint32_t value);

/* The characters of `s` without its NUL. */
void buffer_puts(struct buffer *b, const char *s);

/* The characters of `s` and a NUL: SMPP's C-Octet String. */
void buffer_putz(struct buffer *b, const char *s);

void buffer_printf(struct buffer *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A number in decimal, faster than printf: the log writes ten of them a line. */
void buffer_put_number(struct buffer *b, uint64_t value);

#endif
