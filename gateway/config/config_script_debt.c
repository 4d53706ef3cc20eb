/* Words by which a sentence speaks of a debt: they may not be said to somebody who has not shown
 * who they are.  A list, not a judge: what it does not know it does not find, so that openings are
 * best kept to a greeting. */
#include "config_script_part.h"
#include "schedule/wording.h"

#include <assert.h>
#include <pthread.h>
#include <string.h>

static const struct {
	const char *language, *phrases[32];
} words[] = {
    {"en", {"debt*",       "loan*",        "owe",         "owes",    "owed",        "owing",
	    "overdue",     "past due",     "is due",      "was due", "due date",    "amount due",
	    "arrears",     "repay*",       "pay",         "pays",    "paid",        "payment*",
	    "instalment*", "installment*", "outstanding", "borrow*", "collection*", "collector*",
	    "unpaid",      "balance"}},
    {"es",
     {"deuda*", "debe", "debes", "adeud*", "prestamo*", "pago", "pagos", "pagar", "pague",
      "vencid*", "vencimiento", "en mora", "cuota*", "cobro", "cobranza*", "saldo", "atras*"}},
    {"pt",
     {"divida*", "deve", "debito*", "emprestimo*", "pagamento*", "pagar", "pague", "vencid*",
      "vencimento", "em atraso", "parcela*", "cobranca*", "saldo"}},
    {"fr",
     {"dette*", "doit", "devez", "pret", "emprunt*", "paiement*", "payer", "payez", "impaye*",
      "retard", "echeance*", "mensualite*", "recouvrement", "solde"}},
    {"fil",
     {"utang", "pautang", "bayad", "bayaran", "bayarin", "babayaran", "magbayad", "nagbayad",
      "hulog", "lampas", "balanse", "singil", "sisingilin"}},
    {"id",
     {"utang", "hutang", "pinjaman", "bayar", "membayar", "pembayaran", "dibayar", "tunggakan",
      "menunggak", "jatuh tempo", "cicilan", "angsuran", "tagihan", "terlambat", "saldo"}},
    {"sw",
     {"deni", "madeni", "mkopo", "mikopo", "lipa", "kulipa", "ulipe", "malipo", "unadaiwa",
      "kudaiwa", "salio"}},
    {"hi", {"कर्ज", "क़र्ज़", "ऋण", "लोन", "भुगतान", "बकाया", "किस्त", "उधार", "चुका", "अदा"}},
    {"hi-Latn",
     {"karz", "karza", "loan", "bakaya", "kist", "kisht", "udhaar", "udhar", "bhugtan", "chuka"}},
    {"zh", {"欠款", "贷款", "还款", "债", "逾期", "借款", "欠", "分期", "应还", "余额"}},
    {"ru", {"долг*", "задолж*", "кредит*", "заем", "займ*", "плат*", "оплат*", "просроч*"}},
    {"uk", {"борг*", "заборг*", "кредит*", "позик*", "плат*", "оплат*", "простроч*"}},
    {"ar", {"دين", "ديون", "قرض", "سداد", "دفع", "قسط", "متأخر", "مستحق", "رصيد"}},
    {"vi", {"nợ", "khoản vay", "vay", "thanh toán", "trả góp", "quá hạn", "dư nợ"}},
    {"ms", {"hutang", "pinjaman", "bayar*", "membayar", "bayaran", "tunggakan", "ansuran"}},
};

/* Any kind would do: the list is this file's alone. */
#define KIND WORDING_SHAME

static struct wording *list;

static void
make_list(void)
{
	list = wording_new();
	assert(list != NULL);
	for (size_t l = 0; l < sizeof words / sizeof words[0]; l++)
		for (size_t i = 0; i < 32 && words[l].phrases[i] != NULL; i++) {
			int rc = wording_add(list, words[l].language, KIND, words[l].phrases[i]);

			assert(rc == 0);
			(void)rc;
		}
}

bool
config_script_names_debt(const char *language, const char *text, size_t len, size_t *at,
			 size_t *word)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct wording_found found;

	pthread_once(&once, make_list);
	if (!wording_find(list, language, WORDING_BIT(KIND), text, len, &found))
		return false;
	*at = found.at;
	*word = found.len;
	return true;
}
