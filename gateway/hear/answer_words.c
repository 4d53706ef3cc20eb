#include "answer_words.h"

#include <string.h>
#include <strings.h>

#define KINDS (ANSWER_DETAILS + 1)

#define SUM_ON(on)         "{{#amount}}{{amount}}" on "{{/amount}}{{date}}"
#define SUM_DUE(due, stop) "{{#amount}}{{amount}}" due "{{date}}" stop "{{/amount}}"

static const struct {
	const char *language;
	const char *words[KINDS];
} table[] = {
    {"en",
     {[ANSWER_PROMISE] = "Noted: " SUM_ON(" on ") ". If wrong reply NO.",
      [ANSWER_WHICH_DAY] = "Thank you. On which day will you pay? Reply for example 25. {{lender}}",
      [ANSWER_STOPPED] = "{{lender}}: you will get no more messages from us on this number. "
			 "Reply START to get them again.",
      [ANSWER_STARTED] = "{{lender}}: you will get our messages again. Reply STOP to end them.",
      [ANSWER_HELP] = "{{lender}}. For questions call {{contact}}. Reply STOP to end messages.",
      [ANSWER_PAID] = "{{lender}}: thank you, we will look for your payment and hold reminders.",
      [ANSWER_WITHDRAWN] = "{{lender}}: the promise was taken back. Tell us which day suits you.",
      [ANSWER_DETAILS] = "{{lender}}: " SUM_DUE(", due ", ". ") "For questions call {{contact}}."}},
    {"es",
     {[ANSWER_PROMISE] = "Anotado: " SUM_ON(" el ") ". Si no es correcto, responda NO.",
      [ANSWER_WHICH_DAY] = "Gracias. ¿En qué fecha va a pagar? Responda por ejemplo 25. {{lender}}",
      [ANSWER_STOPPED] = "{{lender}}: ya no le vamos a escribir a este teléfono. Responda START "
			 "para recibir mensajes de nuevo.",
      [ANSWER_STARTED] = "{{lender}}: volveremos a enviarle mensajes. Responda STOP para dejar de "
			 "recibirlos.",
      [ANSWER_HELP] = "{{lender}}. Si tiene preguntas, llame al {{contact}}. Responda STOP para "
		      "dejar de recibir mensajes.",
      [ANSWER_PAID] =
	  "{{lender}}: gracias. Vamos a buscar su pago; mientras tanto no enviamos recordatorios.",
      [ANSWER_WITHDRAWN] = "{{lender}}: su promesa queda anulada. Por favor escriba en qué fecha "
			   "puede pagar.",
      [ANSWER_DETAILS] = "{{lender}}: " SUM_DUE(", fecha de pago ",
						". ") "Si tiene preguntas, llame al {{contact}}."}},
    {"pt",
     {[ANSWER_PROMISE] = "Anotado: " SUM_ON(" em ") ". Se estiver errado, responda NO.",
      [ANSWER_WHICH_DAY] = "Obrigado. Em que dia vai pagar? Responda, por exemplo, 25. {{lender}}",
      [ANSWER_STOPPED] = "{{lender}}: este telefone deixa de receber as nossas mensagens. "
			 "Responda START para voltar a receber.",
      [ANSWER_STARTED] =
	  "{{lender}}: vai voltar a receber as nossas mensagens. Responda STOP para parar.",
      [ANSWER_HELP] = "{{lender}}. Se tiver perguntas, ligue para {{contact}}. Responda STOP para "
		      "parar as mensagens.",
      [ANSWER_PAID] =
	  "{{lender}}: obrigado. Vamos procurar o seu pagamento; por enquanto os lembretes param.",
      [ANSWER_WITHDRAWN] = "{{lender}}: a promessa foi anulada. Diga-nos que dia prefere.",
      [ANSWER_DETAILS] = "{{lender}}: " SUM_DUE(
	  ", data de pagamento ", ". ") "Se tiver perguntas, ligue para {{contact}}."}},
    {"fr",
     {[ANSWER_PROMISE] = "Noté : " SUM_ON(" le ") ". Si c'est faux, répondez NO.",
      [ANSWER_WHICH_DAY] =
	  "Merci. Quel jour allez-vous payer ? Répondez par exemple 25. {{lender}}",
      [ANSWER_STOPPED] = "{{lender}} : vous ne recevrez plus nos messages à ce numéro. Répondez "
			 "START pour les recevoir à nouveau.",
      [ANSWER_STARTED] = "{{lender}} : vous recevrez à nouveau nos messages. Répondez STOP pour ne "
			 "plus les recevoir.",
      [ANSWER_HELP] = "{{lender}}. Pour toute question, appelez {{contact}}. Répondez STOP pour ne "
		      "plus recevoir de messages.",
      [ANSWER_PAID] =
	  "{{lender}} : merci, nous cherchons votre paiement et suspendons les rappels.",
      [ANSWER_WITHDRAWN] =
	  "{{lender}} : la promesse est annulée. Dites-nous quel jour vous convient.",
      [ANSWER_DETAILS] = "{{lender}} : " SUM_DUE(
	  ", à payer le ", ". ") "Pour toute question, appelez {{contact}}."}},
    {"id",
     {[ANSWER_PROMISE] = "Dicatat: " SUM_ON(" pada ") ". Jika salah, balas NO.",
      [ANSWER_WHICH_DAY] = "Terima kasih. Tanggal berapa Anda akan membayar? Balas misalnya 25. "
			   "{{lender}}",
      [ANSWER_STOPPED] = "{{lender}}: Anda tidak akan menerima pesan kami lagi di nomor ini. Balas "
			 "START untuk menerima lagi.",
      [ANSWER_STARTED] =
	  "{{lender}}: Anda akan menerima pesan kami lagi. Balas STOP untuk berhenti.",
      [ANSWER_HELP] = "{{lender}}. Untuk pertanyaan hubungi {{contact}}. Balas STOP untuk berhenti "
		      "menerima pesan.",
      [ANSWER_PAID] =
	  "{{lender}}: terima kasih, kami akan mencari pembayaran Anda dan menunda pengingat.",
      [ANSWER_WITHDRAWN] = "{{lender}}: janji dibatalkan. Beri tahu kami tanggal yang sesuai.",
      [ANSWER_DETAILS] =
	  "{{lender}}: " SUM_DUE(", jatuh tempo ", ". ") "Untuk pertanyaan hubungi {{contact}}."}},
    {"fil",
     {[ANSWER_PROMISE] = "Naitala: " SUM_ON(" sa ") ". Kung mali, mag-reply ng NO.",
      [ANSWER_WHICH_DAY] =
	  "Salamat po. Anong petsa kayo magbabayad? Mag-reply, halimbawa, ng 25. {{lender}}",
      [ANSWER_STOPPED] = "{{lender}}: hindi na po kayo makakatanggap ng mensahe namin sa numerong "
			 "ito. Mag-reply ng START para makatanggap muli.",
      [ANSWER_STARTED] = "{{lender}}: makakatanggap po kayo muli ng mensahe namin. Mag-reply ng "
			 "STOP para itigil.",
      [ANSWER_HELP] = "{{lender}}. Kung may tanong, tumawag sa {{contact}}. Mag-reply ng STOP para "
		      "itigil ang mga mensahe.",
      [ANSWER_PAID] = "{{lender}}: salamat po, hahanapin namin ang bayad ninyo at ititigil muna "
		      "ang mga paalala.",
      [ANSWER_WITHDRAWN] = "{{lender}}: binawi na ang pangako. Sabihin po sa amin kung anong araw "
			   "kayo makakabayad.",
      [ANSWER_DETAILS] = "{{lender}}: " SUM_DUE(", takdang araw ",
						". ") "Kung may tanong, tumawag sa {{contact}}."}},
    {"sw",
     {[ANSWER_PROMISE] = "Imeandikwa: " SUM_ON(", ") ". Kama si sahihi, jibu NO.",
      [ANSWER_WHICH_DAY] = "Asante. Utalipa tarehe gani? Jibu kwa mfano 25. {{lender}}",
      [ANSWER_STOPPED] = "{{lender}}: hutapokea tena ujumbe wetu kwenye namba hii. Jibu START ili "
			 "kuupokea tena.",
      [ANSWER_STARTED] = "{{lender}}: utapokea tena ujumbe wetu. Jibu STOP ili kusitisha.",
      [ANSWER_HELP] = "{{lender}}. Kwa maswali piga {{contact}}. Jibu STOP ili kusitisha ujumbe.",
      [ANSWER_PAID] =
	  "{{lender}}: asante, tutatafuta malipo yako na kusitisha vikumbusho kwa sasa.",
      [ANSWER_WITHDRAWN] = "{{lender}}: ahadi imefutwa. Tuambie siku inayokufaa.",
      [ANSWER_DETAILS] =
	  "{{lender}}: " SUM_DUE(", tarehe ya kulipa ", ". ") "Kwa maswali piga {{contact}}."}},
    {"hi",
     {[ANSWER_PROMISE] = "नोट किया: " SUM_ON(", ") "। गलत हो तो NO लिखें।",
      [ANSWER_WHICH_DAY] = "धन्यवाद। आप किस तारीख को भुगतान करेंगे? जैसे 25 लिखकर भेजें। {{lender}}",
      [ANSWER_STOPPED] = "{{lender}}: इस नंबर पर अब हमारे संदेश नहीं आएंगे। फिर पाने के लिए START लिखें।",
      [ANSWER_STARTED] = "{{lender}}: अब हमारे संदेश फिर आएंगे। बंद करने के लिए STOP लिखें।",
      [ANSWER_HELP] = "{{lender}}: सवाल हो तो {{contact}} पर कॉल करें। संदेश बंद करने के लिए STOP लिखें।",
      [ANSWER_PAID] = "{{lender}}: धन्यवाद, हम आपका भुगतान देखेंगे और तब तक याद नहीं दिलाएंगे।",
      [ANSWER_WITHDRAWN] = "{{lender}}: वादा वापस लिया गया। बताएं, कौन सा दिन ठीक रहेगा।",
      [ANSWER_DETAILS] =
	  "{{lender}}: " SUM_DUE(", देय तिथि ", "। ") "सवाल हो तो {{contact}} पर कॉल करें।"}},
    {"hi-Latn",
     {[ANSWER_PROMISE] = "Note kiya: " SUM_ON(", ") ". Galat ho to NO likhein.",
      [ANSWER_WHICH_DAY] = "Dhanyavaad. Aap kis tareekh ko payment karenge? Jaise 25 likhkar "
			   "bhejein. {{lender}}",
      [ANSWER_STOPPED] = "{{lender}}: is number par ab hamare message nahi aayenge. Phir paane ke "
			 "liye START likhein.",
      [ANSWER_STARTED] =
	  "{{lender}}: ab hamare message phir aayenge. Band karne ke liye STOP likhein.",
      [ANSWER_HELP] = "{{lender}}. Koi sawaal ho to {{contact}} par call karein. Message band "
		      "karne ke liye STOP likhein.",
      [ANSWER_PAID] = "{{lender}}: dhanyavaad, hum aapka payment dekhenge aur tab tak reminder "
		      "nahi bhejenge.",
      [ANSWER_WITHDRAWN] = "{{lender}}: vaada wapas liya gaya. Bataiye, kaun sa din theek rahega.",
      [ANSWER_DETAILS] = "{{lender}}: " SUM_DUE(
	  ", due date ", ". ") "Koi sawaal ho to {{contact}} par call karein."}},
    {"zh",
     {[ANSWER_PROMISE] = "已记录：" SUM_ON("，") "。如有误，请回复 NO。",
      [ANSWER_WHICH_DAY] = "谢谢。请问您哪一天付款？请回复日期，例如 25 号。{{lender}}",
      [ANSWER_STOPPED] = "{{lender}}：我们不再向此号码发送信息。回复 START 可恢复接收。",
      [ANSWER_STARTED] = "{{lender}}：您将再次收到我们的信息。回复 STOP 可停止接收。",
      [ANSWER_HELP] = "{{lender}}：如有疑问请致电 {{contact}}。回复 STOP 可停止接收信息。",
      [ANSWER_PAID] = "{{lender}}：谢谢，我们会核对您的付款，其间暂停提醒。",
      [ANSWER_WITHDRAWN] = "{{lender}}：承诺已撤回。请告诉我们哪一天方便付款。",
      [ANSWER_DETAILS] = "{{lender}}：" SUM_DUE("，到期日", "。") "如有问题请致电{{contact}}。"}},
};

static const char *
words_of(enum answer_kind kind, const char *language, size_t len)
{
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (strlen(table[i].language) == len &&
		    strncasecmp(table[i].language, language, len) == 0)
			return table[i].words[kind];
	return NULL;
}

const char *
answer_words(enum answer_kind kind, const char *language)
{
	size_t len = strlen(language);
	const char *words;

	if (strncasecmp(language, "tl", 2) == 0 && (len == 2 || language[2] == '-'))
		return words_of(kind, "fil", 3);
	/* "hi-Latn-IN", "hi-Latn", "hi" */
	while ((words = words_of(kind, language, len)) == NULL && len > 0)
		do {
			len--;
		} while (len > 0 && language[len] != '-');
	return words;
}
