/* Countries by ISO 3166 code with their calling code, so that checking one word of a config does
 * not open libphonenumber, whose tables are larger than the whole idle daemon.  Facts of ITU-T
 * E.164. */
#include "config_parts.h"

#include <string.h>

/* clang-format off */
#define COUNTRIES(X) \
	X(AC, 247) X(AD, 376) X(AE, 971) X(AF, 93) X(AG, 1) X(AI, 1) X(AL, 355) X(AM, 374) \
	X(AO, 244) X(AR, 54) X(AS, 1) X(AT, 43) X(AU, 61) X(AW, 297) X(AX, 358) X(AZ, 994) \
	X(BA, 387) X(BB, 1) X(BD, 880) X(BE, 32) X(BF, 226) X(BG, 359) X(BH, 973) X(BI, 257) \
	X(BJ, 229) X(BL, 590) X(BM, 1) X(BN, 673) X(BO, 591) X(BQ, 599) X(BR, 55) X(BS, 1) \
	X(BT, 975) X(BW, 267) X(BY, 375) X(BZ, 501) X(CA, 1) X(CC, 61) X(CD, 243) X(CF, 236) \
	X(CG, 242) X(CH, 41) X(CI, 225) X(CK, 682) X(CL, 56) X(CM, 237) X(CN, 86) X(CO, 57) \
	X(CR, 506) X(CU, 53) X(CV, 238) X(CW, 599) X(CX, 61) X(CY, 357) X(CZ, 420) X(DE, 49) \
	X(DJ, 253) X(DK, 45) X(DM, 1) X(DO, 1) X(DZ, 213) X(EC, 593) X(EE, 372) X(EG, 20) X(EH, \
	212) X(ER, 291) X(ES, 34) X(ET, 251) X(FI, 358) X(FJ, 679) X(FK, 500) X(FM, 691) X(FO, \
	298) X(FR, 33) X(GA, 241) X(GB, 44) X(GD, 1) X(GE, 995) X(GF, 594) X(GG, 44) X(GH, 233) \
	X(GI, 350) X(GL, 299) X(GM, 220) X(GN, 224) X(GP, 590) X(GQ, 240) X(GR, 30) X(GT, 502) \
	X(GU, 1) X(GW, 245) X(GY, 592) X(HK, 852) X(HN, 504) X(HR, 385) X(HT, 509) X(HU, 36) \
	X(ID, 62) X(IE, 353) X(IL, 972) X(IM, 44) X(IN, 91) X(IO, 246) X(IQ, 964) X(IR, 98) \
	X(IS, 354) X(IT, 39) X(JE, 44) X(JM, 1) X(JO, 962) X(JP, 81) X(KE, 254) X(KG, 996) \
	X(KH, 855) X(KI, 686) X(KM, 269) X(KN, 1) X(KP, 850) X(KR, 82) X(KW, 965) X(KY, 1) \
	X(KZ, 7) X(LA, 856) X(LB, 961) X(LC, 1) X(LI, 423) X(LK, 94) X(LR, 231) X(LS, 266) \
	X(LT, 370) X(LU, 352) X(LV, 371) X(LY, 218) X(MA, 212) X(MC, 377) X(MD, 373) X(ME, 382) \
	X(MF, 590) X(MG, 261) X(MH, 692) X(MK, 389) X(ML, 223) X(MM, 95) X(MN, 976) X(MO, 853) \
	X(MP, 1) X(MQ, 596) X(MR, 222) X(MS, 1) X(MT, 356) X(MU, 230) X(MV, 960) X(MW, 265) \
	X(MX, 52) X(MY, 60) X(MZ, 258) X(NA, 264) X(NC, 687) X(NE, 227) X(NF, 672) X(NG, 234) \
	X(NI, 505) X(NL, 31) X(NO, 47) X(NP, 977) X(NR, 674) X(NU, 683) X(NZ, 64) X(OM, 968) \
	X(PA, 507) X(PE, 51) X(PF, 689) X(PG, 675) X(PH, 63) X(PK, 92) X(PL, 48) X(PM, 508) \
	X(PR, 1) X(PS, 970) X(PT, 351) X(PW, 680) X(PY, 595) X(QA, 974) X(RE, 262) X(RO, 40) \
	X(RS, 381) X(RU, 7) X(RW, 250) X(SA, 966) X(SB, 677) X(SC, 248) X(SD, 249) X(SE, 46) \
	X(SG, 65) X(SH, 290) X(SI, 386) X(SJ, 47) X(SK, 421) X(SL, 232) X(SM, 378) X(SN, 221) \
	X(SO, 252) X(SR, 597) X(SS, 211) X(ST, 239) X(SV, 503) X(SX, 1) X(SY, 963) X(SZ, 268) \
	X(TA, 290) X(TC, 1) X(TD, 235) X(TG, 228) X(TH, 66) X(TJ, 992) X(TK, 690) X(TL, 670) \
	X(TM, 993) X(TN, 216) X(TO, 676) X(TR, 90) X(TT, 1) X(TV, 688) X(TW, 886) X(TZ, 255) \
	X(UA, 380) X(UG, 256) X(US, 1) X(UY, 598) X(UZ, 998) X(VA, 39) X(VC, 1) X(VE, 58) X(VG, \
	1) X(VI, 1) X(VN, 84) X(VU, 678) X(WF, 681) X(WS, 685) X(XK, 383) X(YE, 967) X(YT, 262) \
	X(ZA, 27) X(ZM, 260) X(ZW, 263)
/* clang-format on */

static const char *const codes[] = {
#define X(code, prefix) #code,
    COUNTRIES(X)
#undef X
	NULL};

static const char *const prefixes[] = {
#define X(code, prefix) #prefix,
    COUNTRIES(X)
#undef X
};

const char *
config_country_prefix(const char *country)
{
	for (size_t i = 0; codes[i] != NULL; i++)
		if (strcmp(codes[i], country) == 0)
			return prefixes[i];
	return NULL;
}

const char *const *
config_countries(void)
{
	return codes;
}
