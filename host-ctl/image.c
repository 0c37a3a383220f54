// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "image.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <port.h>
#include <sevault/image.h>
#include <sevault/wire.h>

#include "guid.h"
#include "trust.h"

enum {
	LEN_MAX = 16 << 20,
	FIRMWARE_UNIT = 65536,		/* QEMU's -bios takes multiples of it */
	RAM_MAX = 1 << 30,		/* sanity only */
	CBIT_MIN = 34,
	CBIT_MAX = 51,
	PAGE = 4096,
	SECRET_MAX = PAGE,		/* KVM wants it in one page */
};

static const struct {
	unsigned int mode;
	const char *name;
} modes[] = {
	{ SV_MODE_PLAIN, "plain" },
	{ SV_MODE_SEV_ES, "sev-es" },
};

const char *sv_image_mode_name(unsigned int mode)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(modes); i++)
		if (modes[i].mode == mode)
			return modes[i].name;
	return NULL;
}

unsigned int sv_image_mode_from_name(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(modes); i++)
		if (!strcmp(modes[i].name, name))
			return modes[i].mode;
	return 0;
}

static bool is_mark(const struct sv_image_mark *mark)
{
	return !memcmp(mark->magic, SV_IMAGE_MAGIC, sizeof(mark->magic));
}

/* A bit of a page table entry that holds an address, beyond all of our memory. */
static bool is_cbit(unsigned int bit)
{
	return bit >= CBIT_MIN && bit <= CBIT_MAX;
}

static bool is_sane(const struct sv_image_mark *mark, long long file_len)
{
	u32 len = le32_to_cpu(mark->image_len);
	u32 ram = le32_to_cpu(mark->ram_len);
	u32 window = le32_to_cpu(mark->window_len);

	return len == file_len && len <= LEN_MAX && !(len % FIRMWARE_UNIT) &&
	       ram && ram <= RAM_MAX && window && window <= RAM_MAX &&
	       sv_image_mode_name(mark->mode) && mark->debug <= 1 &&
	       (mark->mode == SV_MODE_SEV_ES ? is_cbit(mark->cbit) : !mark->cbit);
}

static void judge(struct sv_image *image, const char *path,
		  const struct sv_image_mark *mark, long long file_len,
		  struct sv_verdict *v)
{
	if (!is_mark(mark)) {
		sv_verdict_fail(v, "%s: not a vault image\nbuild one: make, then use build/vault/vault-plain.fd",
				path);
		return;
	}
	if (le32_to_cpu(mark->mark_version) != SV_IMAGE_MARK_VERSION) {
		sv_verdict_fail(v, "%s: a vault image of another generation (mark version %u, this launcher knows %u)\n"
				"install image and launcher of the same release", path,
				le32_to_cpu(mark->mark_version), SV_IMAGE_MARK_VERSION);
		return;
	}
	if (!is_sane(mark, file_len)) {
		sv_verdict_fail(v, "%s: a damaged vault image (%lld bytes)\ninstall or build it again: make",
				path, file_len);
		return;
	}
	image->mode = mark->mode;
	image->is_debug = mark->debug;
	image->cbit = mark->cbit;
	image->version = le32_to_cpu(mark->image_version);
	image->ram_len = le32_to_cpu(mark->ram_len);
	image->window_len = le32_to_cpu(mark->window_len);
	sv_verdict_pass(v, "image %s: mode %s%s, version %u.%u.%u", path,
			sv_image_mode_name(image->mode),
			image->is_debug ? ", DEBUG" : "", image->version >> 16,
			image->version >> 8 & 0xff, image->version & 0xff);
}

/*
 * What QEMU will find in the image's table: without a reset block it starts no
 * SEV-ES guest, without a secret block the owner's secret has no place.
 */
static const char *read_table(struct sv_image *image, int fd, size_t len)
{
	struct sv_guid_table table;
	u8 *bytes = malloc(len);
	const char *why = NULL;

	if (!bytes || pread(fd, bytes, len, 0) != (ssize_t)len)
		why = "it cannot be read";
	else
		why = sv_guid_parse(&table, bytes, len);
	free(bytes);
	if (why)
		return why;
	if (!table.has_reset)
		return "it has no SEV-ES reset block";
	if (!table.has_secret || !table.secret_len || table.secret_len > SECRET_MAX ||
	    table.secret_gpa % PAGE || table.secret_len > image->ram_len ||
	    table.secret_gpa > image->ram_len - table.secret_len)
		return "it has no place for the owner's secret";
	image->secret_len = table.secret_len;
	return NULL;
}

static void judge_table(struct sv_image *image, const char *path, int fd, size_t len,
			struct sv_verdict *v)
{
	const char *why = read_table(image, fd, len);

	if (why)
		sv_verdict_fail(v, "%s: an image for SEV-ES, yet %s\ninstall or build it again: make",
				path, why);
}

void sv_image_judge(struct sv_image *image, int fd, const char *path, struct sv_verdict *v)
{
	struct sv_image_mark mark;
	struct stat st;

	memset(image, 0, sizeof(*image));
	if (fstat(fd, &st) || !S_ISREG(st.st_mode) ||
	    pread(fd, &mark, sizeof(mark), 0) != sizeof(mark)) {
		sv_verdict_fail(v, "%s: not a vault image\nbuild one: make, then use build/vault/vault-plain.fd",
				path);
		return;
	}
	judge(image, path, &mark, (long long)st.st_size, v);
	if (v->ok && image->mode == SV_MODE_SEV_ES)
		judge_table(image, path, fd, (size_t)st.st_size, v);
}

/* Up to @max bytes from @from to @to: 0 or -errno. */
static int copy(int to, int from, size_t max)
{
	char buffer[FIRMWARE_UNIT];
	ssize_t n;

	while (max) {
		n = read(from, buffer, max < sizeof(buffer) ? max : sizeof(buffer));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n ? -errno : 0;
		if (write(to, buffer, (size_t)n) != n)
			return -EIO;
		max -= (size_t)n;
	}
	return 0;
}

static int copy_sealed(int from)
{
	int fd = memfd_create("image", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	int rc = fd < 0 ? -errno : copy(fd, from, LEN_MAX);

	if (!rc && fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL))
		rc = -errno;
	if (!rc)
		return fd;
	if (fd >= 0)
		close(fd);
	return rc;
}

/* Without waiting: it may be a pipe. */
static int open_image(const char *path, struct stat *st, struct sv_verdict *v)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd >= 0 && !fstat(fd, st))
		return fd;
	sv_verdict_fail(v, "%s: cannot read the vault image: %s\n"
			"build it with 'make' and set 'image' to build/vault/vault-plain.fd",
			path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

void sv_image_read(struct sv_image *image, const char *path, struct sv_verdict *v)
{
	struct stat st;
	int fd = open_image(path, &st, v);

	memset(image, 0, sizeof(*image));
	if (fd < 0)
		return;
	sv_image_judge(image, fd, path, v);
	close(fd);
}

int sv_image_take(struct sv_image *image, const char *path, struct sv_verdict *v)
{
	struct stat st;
	int from = open_image(path, &st, v), fd = -1;

	memset(image, 0, sizeof(*image));
	if (from < 0)
		return -1;
	sv_image_judge(image, from, path, v);
	if (!v->ok || !sv_trust_file(&st, path, v))
		goto out;
	fd = copy_sealed(from);
	if (fd < 0)
		sv_verdict_fail(v, "%s: cannot copy the vault image: %s\nfree -m; ulimit -n", path,
				strerror(-fd));
	else
		sv_image_judge(image, fd, path, v);	/* what is in the copy counts */
out:
	close(from);
	return fd;
}
