/* call_tape.h - a WAV that a call fills as it goes, written by libuv's pool, so that the loop never
 * waits for the disk
 *
 *   Ownership   samples are copied; call_tape_close() once, `closed` is the last callback.
 *   Errors      kept to the end, and told there: a call goes on without its recording. A disk that
 *               stands still for TAPE_WAIT seconds of sound ends it with UV_ENOBUFS.
 *   Thread      the loop's.
 */
#ifndef IVR_CALL_TAPE_H
#define IVR_CALL_TAPE_H

#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#define TAPE_WAIT 60

struct call_tape;

/* The file is whole, or `error` says why it is not. */
typedef void call_tape_closed(void *ctx, int error);

/* channels: 1, or 2 with samples alternating. UV_ENOMEM, UV_ENAMETOOLONG. */
int call_tape_open(struct call_tape **out, uv_loop_t *loop, const char *path, unsigned channels);

/* frames times channels samples. */
void call_tape_write(struct call_tape *tape, const int16_t *samples, size_t frames);

void call_tape_close(struct call_tape *tape, call_tape_closed *closed, void *ctx);

#endif
