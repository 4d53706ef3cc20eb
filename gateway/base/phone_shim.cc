#include "phone_shim.h"

#include <phonenumbers/logger.h>
#include <phonenumbers/phonenumberutil.h>

#include <cstdio>
#include <exception>
#include <mutex>
#include <string>

using i18n::phonenumbers::NullLogger;
using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

namespace
{

/* The library writes to standard output unless told otherwise, and takes its logger over. */
const PhoneNumberUtil &
library()
{
	static std::once_flag once;
	PhoneNumberUtil *util = PhoneNumberUtil::GetInstance();

	std::call_once(once, [util] { util->SetLogger(new NullLogger()); });
	return *util;
}

enum phone_shim
judge(const PhoneNumberUtil &util, const PhoneNumber &number)
{
	switch (util.IsPossibleNumberWithReason(number)) {
	case PhoneNumberUtil::TOO_SHORT:
	/* Long enough for a call within its town, and a mobile text needs the whole. */
	case PhoneNumberUtil::IS_POSSIBLE_LOCAL_ONLY: return PHONE_SHIM_TOO_SHORT;
	case PhoneNumberUtil::TOO_LONG: return PHONE_SHIM_TOO_LONG;
	case PhoneNumberUtil::INVALID_COUNTRY_CODE: return PHONE_SHIM_NO_COUNTRY;
	case PhoneNumberUtil::IS_POSSIBLE:
	case PhoneNumberUtil::INVALID_LENGTH: break;
	}
	return util.IsValidNumber(number) ? PHONE_SHIM_VALID : PHONE_SHIM_UNKNOWN_RANGE;
}

enum phone_shim
parse(const char *text, const char *region, char *out, size_t size)
{
	const PhoneNumberUtil &util = library();
	PhoneNumber number;
	std::string e164;

	switch (util.Parse(text, region, &number)) {
	case PhoneNumberUtil::NO_PARSING_ERROR: break;
	case PhoneNumberUtil::INVALID_COUNTRY_CODE_ERROR: return PHONE_SHIM_NO_COUNTRY;
	case PhoneNumberUtil::TOO_SHORT_NSN:
	case PhoneNumberUtil::TOO_SHORT_AFTER_IDD: return PHONE_SHIM_TOO_SHORT;
	case PhoneNumberUtil::TOO_LONG_NSN: return PHONE_SHIM_TOO_LONG;
	default: return PHONE_SHIM_NO_NUMBER;
	}
	util.Format(number, PhoneNumberUtil::E164, &e164);
	std::snprintf(out, size, "%s", e164.c_str());
	return judge(util, number);
}

/* In India the library writes the 0, and nobody else does. */
bool
lacks_zero(const char *text, const std::string &region)
{
	const PhoneNumberUtil &util = library();
	PhoneNumber number;
	std::string national, written;

	if (region == "IN" ||
	    util.Parse(text, region, &number) != PhoneNumberUtil::NO_PARSING_ERROR ||
	    !util.IsValidNumber(number))
		return false;
	util.GetNationalSignificantNumber(number, &national);
	util.Format(number, PhoneNumberUtil::NATIONAL, &written);
	return national == text && written.find_first_of("0123456789") != std::string::npos &&
	       written[written.find_first_of("0123456789")] == '0';
}

} // namespace

extern "C" enum phone_shim
phone_shim_parse(const char *text, const char *region, char *out, size_t size)
{
	out[0] = '\0';
	try {
		return parse(text, region, out, size);
	} catch (const std::exception &) {
		return PHONE_SHIM_FAILED;
	}
}

extern "C" int
phone_shim_lacks_zero(const char *text, const char *region)
{
	try {
		return lacks_zero(text, region);
	} catch (const std::exception &) {
		return 0;
	}
}
