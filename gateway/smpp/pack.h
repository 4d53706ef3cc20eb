/* pack.h - PDUs that we send, packed: the door of libsmpp34
 *
 * Pure but for libsmpp34's global log of the fields it packed last, so: one thread. submit_sm and
 * query_sm go through smpp34_pack2(); the text itself and the TLVs are written after it, because
 * libsmpp34 refuses a short_message of 254 octets and TLVs over 1,024. Binds are written here
 * without it: its log would keep the password in memory for as long as the process lives, and it
 * takes no password over 8 octets, which operators hand out.
 *
 *   Errors   the length of the PDU, or UV_EINVAL (a field is too long) or UV_ENOBUFS (out is
 * small).
 */
#ifndef DUNLIN_SMPP_PACK_H
#define DUNLIN_SMPP_PACK_H

#include "link_values.h"

/* More than any submit_sm of `len` octets of text needs. */
#define SMPP_PACK_SUBMIT_SIZE(len) ((len) + 256u)
#define SMPP_PACK_QUERY_SIZE       256u
#define SMPP_PACK_BIND_SIZE        128u

/* SMPP 3.4 4.4.1 */
int smpp_pack_submit(uint8_t *out, size_t size, uint32_t sequence,
		     const struct smpp_submit *submit);

/* SMPP 3.4 4.8.1 */
int smpp_pack_query(uint8_t *out, size_t size, uint32_t sequence, const char *id,
		    uint8_t source_ton, uint8_t source_npi, const char *source);

/* SMPP 3.4 4.1; command is one of the three binds. */
int smpp_pack_bind(uint8_t *out, size_t size, uint32_t sequence, uint32_t command,
		   const char *system_id, const char *password, const char *system_type);

/* A response to a deliver_sm or data_sm: a header and an empty message_id (SMPP 3.4 4.6.2). */
int smpp_pack_deliver_resp(uint8_t out[SMPP_HEADER_SIZE + 1], uint32_t command, uint32_t sequence,
			   uint32_t status);

/* The time format of SMPP 3.4 7.1.1: relative ("000000hhmmss000R") or absolute in UTC. */
void smpp_time_relative(uint32_t seconds, char out[17]);
void smpp_time_absolute(int64_t unix_seconds, char out[17]);

#endif
