/* machine.h - which computer, and which file on it: how a copied store is recognised
 *
 * A store notes the digest of where it lives (META_MACHINE).  One that finds itself somewhere else,
 * on another computer, under another path, or copied over the file of that path, is a copy: what
 * the original said since is not in it.
 *
 * Thread: any; reads files.
 */
#ifndef GATEWAY_MACHINE_H
#define GATEWAY_MACHINE_H

#define MACHINE_DIGEST 33 /* 32 hexadecimal digits and a NUL */

/* Digest of this computer, the real path of a file and its inode.  0 or a negative errno: the file
 * must exist. */
int machine_digest(const char *path, char out[MACHINE_DIGEST]);

#endif
