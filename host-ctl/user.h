/* SPDX-License-Identifier: GPL-2.0 OR MIT */
#ifndef HOST_CTL_USER_H
#define HOST_CTL_USER_H

#include <sys/types.h>

#include "say.h"

/*
 * Who QEMU will run as. @kvm_gid: the group that owns /dev/kvm, which QEMU
 * gets as its one supplementary group.
 */
struct sv_user {
	uid_t uid;
	gid_t gid;
	gid_t kvm_gid;
	bool is_known;
	bool changes;	/* privileges are dropped before QEMU starts */
};

/*
 * @name as configured: required when started as root ("root" stays root),
 * otherwise absent or the caller's own.
 */
void sv_user_find(struct sv_user *user, const char *name, const char *kvm,
		  struct sv_verdict *v);

/* Become that user for good. 0 or -errno. */
int sv_user_become(const struct sv_user *user);

/* What one may do with a file or a directory, as in its mode. */
enum { SV_USER_ENTER = 1, SV_USER_WRITE = 2, SV_USER_READ = 4 };

/* May that user do all of @what with @path, by owner and mode? */
bool sv_user_may(const struct sv_user *user, const char *path, unsigned int what);

/* Read and write it? */
bool sv_user_may_open(const struct sv_user *user, const char *path);

#endif /* HOST_CTL_USER_H */
