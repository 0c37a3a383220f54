// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "user.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

static void stay(struct sv_user *user, struct sv_verdict *v)
{
	user->uid = geteuid();
	user->gid = getegid();
	user->is_known = true;
	if (user->uid)
		sv_verdict_pass(v, "QEMU runs as the calling user, uid %u", user->uid);
	else
		sv_verdict_pass(v, "QEMU runs as ROOT, as configured: a bug in QEMU is a bug in root");
}

static void change(struct sv_user *user, const char *name,
		   const struct passwd *pw, struct sv_verdict *v)
{
	user->uid = pw->pw_uid;
	user->gid = pw->pw_gid;
	user->is_known = true;
	user->changes = true;
	sv_verdict_pass(v, "QEMU runs as user %s, uid %u", name, user->uid);
}

void sv_user_find(struct sv_user *user, const char *name, const char *kvm,
		  struct sv_verdict *v)
{
	const struct passwd *pw;
	struct stat st;

	memset(user, 0, sizeof(*user));
	user->kvm_gid = stat(kvm, &st) ? (gid_t)-1 : st.st_gid;
	if (!name[0]) {
		if (geteuid()) {
			stay(user, v);
			return;
		}
		sv_verdict_fail(v, "started as root, and no 'user' for QEMU is configured\n"
				"adduser --system --group sevault, and set 'user = sevault' (or 'user = root', which is not wise)");
		return;
	}
	pw = getpwnam(name);
	if (!pw)
		sv_verdict_fail(v, "there is no user '%s'\nadduser --system --group %s", name, name);
	else if (pw->pw_uid == geteuid())
		stay(user, v);
	else if (geteuid())
		sv_verdict_fail(v, "only root can start QEMU as user '%s'\n"
				"start sevault-vm as root, or delete 'user' from the configuration", name);
	else
		change(user, name, pw, v);
}

int sv_user_become(const struct sv_user *user)
{
	gid_t groups[2] = { user->gid, user->kvm_gid };
	size_t nr = user->kvm_gid != (gid_t)-1 && user->kvm_gid != 0 ? 2 : 1;

	if (user->changes &&
	    (setgroups(nr, groups) ||
	     setresgid(user->gid, user->gid, user->gid) ||
	     setresuid(user->uid, user->uid, user->uid)))
		return -errno;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return -errno;
	return 0;
}

bool sv_user_may(const struct sv_user *user, const char *path, unsigned int what)
{
	struct stat st;
	mode_t may;

	if (!user->changes)
		return !access(path, (int)what);	/* R_OK, W_OK and X_OK are the same bits */
	if (stat(path, &st))
		return false;
	if (st.st_uid == user->uid)
		may = st.st_mode >> 6;
	else if (st.st_gid == user->gid || (st.st_gid == user->kvm_gid && user->kvm_gid))
		may = st.st_mode >> 3;
	else
		may = st.st_mode;
	return (may & what) == what;
}

bool sv_user_may_open(const struct sv_user *user, const char *path)
{
	return sv_user_may(user, path, SV_USER_READ | SV_USER_WRITE);
}
