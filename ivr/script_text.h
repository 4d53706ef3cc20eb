/* script_text.h - what a script says, in one language: words, and holes where figures come
 *
 * A text is written as in templates, `{{amount}} was due on {{due_date}}.`, with two additions of
 * the voice: `{{phone:digits}}` says how a value is read aloud, and `{{> jingle}}` puts a recording
 * between the words (recordings/LANG/jingle.wav).  There are no sections: a call goes other ways by
 * its steps.
 *
 * Ownership: pieces borrow the source text, which must stay.  Pure; any thread.
 */
#ifndef IVR_SCRIPT_TEXT_H
#define IVR_SCRIPT_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SCRIPT_PIECES     32   /* of one text */
#define SCRIPT_TEXT_BYTES 2000 /* of one text */

enum script_piece_kind {
	SCRIPT_WORDS,     /* to be said as they stand */
	SCRIPT_FIELD,     /* of the account, or learned in the call */
	SCRIPT_RECORDING, /* a file of recordings/LANG/, without .wav */
};

/* How a field's value is read aloud. */
enum script_as {
	SCRIPT_AS_TEXT,
	SCRIPT_AS_AMOUNT, /* "one thousand two hundred pesos and fifty centavos" */
	SCRIPT_AS_DATE,   /* "Tuesday, the fifteenth of September" */
	SCRIPT_AS_DIGITS, /* one by one; what is no digit is said as it is */
	SCRIPT_AS_NUMBER, /* "twenty-one" */
};

struct script_piece {
	uint8_t kind;     /* enum script_piece_kind */
	uint8_t as;       /* enum script_as, of a field: as written, else by its name */
	size_t at;        /* byte of the source where it, or its name, begins */
	const char *text; /* not NUL-terminated: words, the field's name, the recording's */
	size_t len;
};

struct script_text {
	const char *source; /* as written, NUL-terminated; NULL: not there in this language */
	const struct script_piece *pieces;
	size_t n;
	int line, col; /* where the source begins, for complaints; 0: nowhere */
	bool plain;    /* it stands there as it is, on one line: columns count on */
};

struct script_text_fault {
	size_t at; /* byte of the source */
	char text[160];
};

/* Takes a text apart into at most SCRIPT_PIECES pieces.  0; -1 with *fault: a hole that is not
 * closed, has no name, or is of Mustache's kinds that a voice has no use for; too many; too long.
 */
int script_text_parse(const char *source, struct script_piece pieces[SCRIPT_PIECES], size_t *n,
		      struct script_text_fault *fault);

/* The line and column of a byte of the source, as near as is known. */
void script_text_place(const struct script_text *text, size_t at, int *line, int *col);

/* Does the text hold that field? */
bool script_text_has(const struct script_text *text, const char *field);

/* Is it that field's name? */
bool script_piece_is(const struct script_piece *piece, const char *field);

/* A careful guess of how long the text takes to be said, for proofs before any voice was asked:
 * slow speech, long figures. */
int64_t script_text_ms(const struct script_text *text);

/* The words of enum script_as ("text" "amount" "date" "digits" "number"), NULL at the end. */
extern const char *const script_as_words[];

#endif
