#include "buffer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
buffer_fini(struct buffer *b)
{
	free(b->at);
	*b = (struct buffer){0};
}

uint8_t *
buffer_reserve(struct buffer *b, size_t more)
{
	if (b->room - b->used < more) {
		size_t room = b->room ? b->room : 4096;
		while (room - b->used < more)
			room *= 2;
		b->at = realloc(b->at, room);
		if (!b->at) {
			fputs("dunlin-sim: out of memory\n", stderr);
			abort();
		}
		b->room = room;
	}
	return b->at + b->used;
}

void
buffer_put(struct buffer *b, const void *octets, size_t n)
{
	uint8_t *to = buffer_reserve(b, n);
	if (n)
		memcpy(to, octets, n);
	b->used += n;
}

void
buffer_put8(struct buffer *b, uint32_t value)
{
	*buffer_reserve(b, 1) = (uint8_t)value;
	b->used += 1;
}

void
buffer_put16(struct buffer *b, uint32_t value)
{
	uint8_t *to = buffer_reserve(b, 2);
	to[0] = (uint8_t)(value >> 8);
	to[1] = (uint8_t)value;
	b->used += 2;
}

void
buffer_put32(struct buffer *b, uint32_t value)
{
	uint8_t *to = buffer_reserve(b, 4);
	to[0] = (uint8_t)(value >> 24);
	to[1] = (uint8_t)(value >> 16);
	to[2] = (uint8_t)(value >> 8);
	to[3] = (uint8_t)value;
	b->used += 4;
}

void
buffer_puts(struct buffer *b, const char *s)
{
	buffer_put(b, s, strlen(s));
}

void
buffer_putz(struct buffer *b, const char *s)
{
	buffer_put(b, s, strlen(s) + 1);
}

void
buffer_printf(struct buffer *b, const char *format, ...)
{
	va_list args, again;
	va_start(args, format);
	va_copy(again, args);
	int n = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (n > 0) {
		vsnprintf((char *)buffer_reserve(b, (size_t)n + 1), (size_t)n + 1, format, again);
		b->used += (size_t)n;
	}
	va_end(again);
}

void
buffer_put_number(struct buffer *b, uint64_t value)
{
	char digits[20];
	size_t n = sizeof digits;
	do {
		digits[--n] = (char)('0' + value % 10);
		value /= 10;
	} while (value);
	buffer_put(b, digits + n, sizeof digits - n);
}
