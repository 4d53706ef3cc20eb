/* Texts a home need not have: the reminder on the day a borrower promised to pay.  A lender's own
 * templates/promise-today.LANG.txt stands before them.  No accent here that would cost a text half
 * its room on the air, where the language can do without. */
#include "catalog_parts.h"
#include "templates/template.h"

#include <stdio.h>
#include <string.h>

static const struct {
	const char *language, *text;
} texts[] = {
    {"en", "{{lender}}: today is the day you said you would pay. {{amount}} is open. Thank you."},
    {"es", "{{lender}}: hoy vence su promesa de pago. Pendiente: {{amount}}. Gracias."},
    {"fil", "{{lender}}: ngayon ang araw na nangako kayong magbayad. Halaga: {{amount}}. "
	    "Salamat po."},
    {"fr", "{{lender}} : c'est aujourd'hui que vous avez promis de payer. Montant : {{amount}}. "
	   "Merci."},
    {"hi", "{{lender}}: आपने आज भुगतान करने का वादा किया था। राशि: {{amount}}। धन्यवाद।"},
    {"hi-Latn", "{{lender}}: aapne aaj payment karne ka vaada kiya tha. Rashi: {{amount}}. "
		"Dhanyavaad."},
    {"id", "{{lender}}: hari ini Anda berjanji membayar. Jumlah: {{amount}}. Terima kasih."},
    {"pt", "{{lender}}: hoje é o dia em que prometeu pagar. Valor: {{amount}}. Obrigado."},
    {"sw", "{{lender}}: leo ndiyo siku uliyoahidi kulipa. Kiasi: {{amount}}. Asante."},
    {"zh", "{{lender}}：今天是您承诺还款的日子，应还金额：{{amount}}。谢谢。"},
};

_Static_assert(sizeof texts / sizeof *texts == CATALOG_BUILTIN, "one place for each");

bool
catalog_is_builtin(const char *name)
{
	return strcmp(name, CATALOG_PROMISED) == 0;
}

int
catalog_add_builtin(struct catalog *c)
{
	for (size_t i = 0; i < CATALOG_BUILTIN; i++) {
		struct catalog_text *t = &c->builtin[i];
		int rc;

		*t = (struct catalog_text){.name = CATALOG_PROMISED,
					   .language = texts[i].language,
					   .file = "(built in)",
					   .max_parts = CATALOG_PARTS};
		rc = template_parse(&t->body, texts[i].text, strlen(texts[i].text), NULL);
		if (rc != 0)
			return rc;
	}
	return 0;
}

const struct catalog_text *
catalog_find_builtin(const struct catalog *c, const char *name, const char *language)
{
	if (!catalog_is_builtin(name))
		return NULL;
	for (size_t i = 0; i < CATALOG_BUILTIN; i++)
		if (strcmp(c->builtin[i].language, language) == 0)
			return &c->builtin[i];
	return NULL;
}

void
catalog_free_builtin(struct catalog *c)
{
	for (size_t i = 0; i < CATALOG_BUILTIN; i++)
		template_free(c->builtin[i].body);
}
