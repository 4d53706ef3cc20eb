/* The compiled words as bytes of the program: megabytes, so by the assembler and not as an array.
 */
#include "config_words.h"

extern const char config_words_image_bytes[];

__asm__(".section .rodata\n"
	".balign 64\n"
	".globl config_words_image_bytes\n"
	"config_words_image_bytes:\n"
	".incbin \"" WORDS_IMAGE "\"\n"
	".previous\n");

const void *
config_words_image(void)
{
	return config_words_image_bytes;
}
