/* link_values.h - what a link is told and what it tells: its configuration, submits, outcomes
 *
 * Plain values, known to the link, to its sessions and to what packs them. Strings and octets are
 * lent, for as long as the call they are handed to says.
 */
#ifndef DUNLIN_SMPP_LINK_VALUES_H
#define DUNLIN_SMPP_LINK_VALUES_H

#include "codec.h"
#include "status.h"

enum smpp_bind_mode { SMPP_MODE_TRANSCEIVER, SMPP_MODE_TRANSMITTER_RECEIVER };

/* A zero means the value in brackets. */
struct smpp_link_config {
	const char *host; /* name or address */
	uint16_t port;
	bool tls;                         /* the peer's certificate is verified against host */
	const char *ca_file;              /* PEM; NULL: the system's store */
	const char *cert_file, *key_file; /* PEM; NULL: none is shown */
	const char *system_id, *password, *system_type;
	enum smpp_bind_mode mode;
	unsigned window;              /* submits without an answer [100], at most 10,000 */
	unsigned rate;                /* submits (that is segments) a second; 0: no limit */
	unsigned delivers_max;        /* unacknowledged incoming; then reading stops [2000] */
	unsigned response_timeout_ms; /* silence after a submit: SMPP_UNKNOWN [60,000] */
	unsigned wire_timeout_ms;     /* not taken by the socket: SMPP_UNSENT [1,000] */
	unsigned enquire_interval_ms; /* [30,000] */
	unsigned enquire_timeout_ms;  /* [10,000] */
	unsigned connect_timeout_ms;  /* to connect, and again for TLS [10,000] */
	unsigned bind_timeout_ms;     /* [15,000] */
	unsigned reconnect_min_ms, reconnect_max_ms; /* [1,000] doubled up to [60,000] */
	unsigned already_bound_ms;                   /* pause after ESME_RALYBND [20,000] */
	unsigned refused_ms;                         /* pause after wrong credentials [300,000] */
	unsigned throttle_min_ms, throttle_max_ms;   /* [500] doubled up to [30,000] */
	const uint32_t *blocked; /* statuses by which this operator says "blocked number" */
	size_t blocked_n;
};

/* One submit_sm. Strings and octets are copied by smpp_link_submit(). */
struct smpp_submit {
	uint64_t cookie; /* the caller's own: comes back in the answer */
	uint8_t source_ton, source_npi, dest_ton, dest_npi; /* dcs.h makes them from text */
	const char *source, *dest;                          /* at most 20 octets each */
	uint8_t esm_class; /* SMPP_ESM_UDHI when octets begin with a UDH */
	uint8_t data_coding;
	uint8_t registered_delivery; /* 1: a receipt, whatever the end */
	bool payload;                /* send as message_payload; always so above 254 octets */
	const uint8_t *octets;
	size_t len; /* at most SMPP_SUBMIT_MAX */
	bool sar;   /* sar_* TLVs; `part` is ignored otherwise */
	struct smpp_part part;
	uint32_t validity_s;    /* relative; at most 30 days are written; 0: the operator's own */
	int64_t validity_until; /* Unix seconds, instead of validity_s; 0: none */
	uint16_t user_message_reference; /* 0: none */
};
#define SMPP_SUBMIT_MAX 60000u

enum smpp_outcome {
	SMPP_ACCEPTED,
	SMPP_REFUSED_FOR_NOW, /* throttled, queue full, trouble of the operator's: may be tried
				 again */
	SMPP_REFUSED,         /* for good */
	SMPP_UNKNOWN,         /* octets left, and no answer came: never send again by yourself */
	SMPP_UNSENT           /* never left this machine: as if it had not been submitted */
};

struct smpp_answer {
	enum smpp_outcome outcome;
	uint32_t status;  /* as it came; 0 where none did */
	bool blocked;     /* REFUSED because the number asked the operator for silence */
	const char *id;   /* the operator's message id, "" when none */
	const char *info; /* additional_status_info_text, "" when none */
};

struct smpp_query_answer {
	int error;       /* 0, or UV_ETIMEDOUT, UV_ECANCELED (link lost), UV_EPROTO (unreadable) */
	uint32_t status; /* 0: the state below is true */
	uint8_t message_state; /* SMPP 3.4 5.2.28: enum receipt_state */
	uint8_t error_code;
	const char *final_date; /* SMPP 3.4 7.1.1, "" when none */
};

/* Names one incoming PDU; worth nothing once its session is gone, and harmless then. */
struct smpp_token {
	uint32_t session;
	uint32_t command;
	uint32_t sequence;
};

#endif
