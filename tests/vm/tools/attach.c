// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * attach rows             what /dev/sevault-vhost must refuse or stand, one row after the other
 * attach fuzz SEED ROUNDS random ioctls with random memory, from a process and its children
 *
 * A hostile user of the device. Its vault is a window with good rings and nobody who answers. Runs
 * in the test host; the verdict on the kernel is the kernel log's.
 */
#include "attach.h"

int dev = -1;
u8 *window;

void map_window(void)
{
	u8 *at = window ? window - SV_WINDOW_LEN : NULL;
	u8 *p = mmap(at, SV_WINDOW_LEN + BIG, PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS | (at ? MAP_FIXED : 0), -1, 0);

	if (p == MAP_FAILED) {
		perror("the window");
		exit(1);
	}
	window = p + SV_WINDOW_LEN;
}

int call(unsigned long cmd, const void *arg)
{
	errno = 0;
	return ioctl(dev, cmd, arg) ? errno : 0;
}

void make_vault(void)
{
	struct sv_window w;
	u32 i, n;

	memset(window, 0, SV_WINDOW_LEN);
	if (!sv_window_layout(&w, SV_WINDOW_LEN, 1))
		abort();
	for (i = 0; i < 2 * w.nr_pairs; i++) {
		const struct sv_window_pair *p = &w.pair[i / 2];
		struct sv_vring_desc *d = (void *)(window + sv_window_queue(&w, i)->desc);

		for (n = 0; n < p->nr_slots; n++) {
			d[n].addr = cpu_to_le64(SV_WINDOW_GPA + p->slots + n * p->stride);
			d[n].len = cpu_to_le32(p->slot_len);
			d[n].flags = cpu_to_le16(SV_VRING_DESC_F_WRITE);
		}
	}
	sv_window_post(&w, (__force u8 __shared *)window);
}

struct table *one_region(u64 gpa, u64 len, u64 uaddr)
{
	static struct table t;

	memset(&t, 0, sizeof(t));
	t.head.nregions = 1;
	t.region[0] = (struct vhost_memory_region){ gpa, len, uaddr, 0 };
	return &t;
}

struct table *good_table(void)
{
	return one_region(SV_WINDOW_GPA, SV_WINDOW_LEN, va(window));
}

int set_features(u64 features)
{
	return call(VHOST_SET_FEATURES, &features);
}

int run(int on)
{
	return call(VHOST_VSOCK_SET_RUNNING, &on);
}

int set_base(u32 index, u32 num)
{
	struct vhost_vring_state s = { index, num };

	return call(VHOST_SET_VRING_BASE, &s);
}

int set_file(unsigned long cmd, u32 index, int fd)
{
	struct vhost_vring_file f = { index, fd };

	return call(cmd, &f);
}

void open_device(void)
{
	if (dev >= 0)
		close(dev);
	dev = open(SV_VHOST_PATH, O_RDWR | O_CLOEXEC);
	if (dev < 0) {
		perror(SV_VHOST_PATH);
		exit(1);
	}
}

int main(int argc, char **argv)
{
	map_window();
	if (argc == 2 && !strcmp(argv[1], "rows"))
		return attach_rows();
	if (argc == 4 && !strcmp(argv[1], "fuzz"))
		return attach_fuzz(strtoull(argv[2], NULL, 0), (u32)strtoul(argv[3], NULL, 0));
	fputs("usage: attach rows | attach fuzz SEED ROUNDS\n", stderr);
	return 2;
}
