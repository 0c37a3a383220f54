// SPDX-License-Identifier: GPL-2.0 OR MIT
/* Random ioctls with random memory. The same seed gives the same steps. */
#include "attach.h"

static u64 seed;

/* Knuth's MMIX generator. */
static u32 any(u32 n)
{
	seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (u32)(seed >> 33) % n;
}

static u64 any_place(void)
{
	static const u64 places[] = { 0, 1, 4096, 0xffff888000000000, 0x7ffffffff000, ~0ULL };

	return any(4) ? va(window) + (any(3) ? 0 : any(2 * BIG)) : places[any(ARRAY_SIZE(places))];
}

static u64 any_size(void)
{
	return (u64)any(~0U) << any(32);
}

static struct table *any_table(void)
{
	struct table *t = good_table();
	u32 i;

	if (any(3))
		return t;
	t->head.nregions = any(8) ? any(5) : any(MAX_REGIONS);
	t->head.padding = !any(16);
	for (i = 0; i < t->head.nregions; i++)
		t->region[i] = (struct vhost_memory_region){
			.guest_phys_addr = any(2) ? SV_WINDOW_GPA - any(3) * 4096 : any_size(),
			.memory_size = any(2) ? SV_WINDOW_LEN + any(3) * 4096 : any_size(),
			.userspace_addr = any_place(),
		};
	return t;
}

/* Change what the host looks at. */
static void spoil_window(void)
{
	u32 i;

	make_vault();
	for (i = any(3); i; i--)
		window[any(2) ? any(512) : any(32768)] = (u8)any(256);
}

static void any_file(void)
{
	static const unsigned long cmds[] = {
		VHOST_SET_VRING_KICK, VHOST_SET_VRING_CALL, VHOST_SET_VRING_ERR,
	};
	int fd = any(4) ? eventfd(any(3), EFD_CLOEXEC | EFD_NONBLOCK) : any(2) ? -1 : (int)any(20);
	u64 one = 1;

	set_file(cmds[any(3)], any(3), fd);
	if (fd < 20)
		return;
	if (any(2))
		(void)!write(fd, &one, sizeof(one));
	/* The kernel has its own reference. */
	close(fd);
}

static void any_ioctl(void)
{
	u64 place = any_place(), word = any(2) ? SV_VHOST_FEATURES : any(~0U);
	struct vhost_vring_state s = { any(3), any(2) };

	switch (any(12)) {
	case 0:
		call(VHOST_SET_OWNER, NULL);
		break;
	case 1:
		call(VHOST_SET_FEATURES, &word);
		break;
	case 2:
	case 3:
		call(VHOST_SET_MEM_TABLE, any(16) ? (void *)any_table() : (void *)(uintptr_t)place);
		break;
	case 4:
		call(any(2) ? VHOST_SET_VRING_BASE : VHOST_GET_VRING_BASE, &s);
		break;
	case 5:
		set_base(0, 0);
		set_base(1, 0);
		break;
	case 6:
	case 7:
		any_file();
		break;
	case 8:
	case 9:
		spoil_window();
		run(1);
		break;
	case 10:
		run(any(3) ? 0 : (int)any(~0U));
		break;
	default:
		call(_IOC(any(4), VHOST_VIRTIO, any(256), any(128)), (void *)(uintptr_t)place);
	}
}

/* Take pages away, or bring others. */
static void any_memory(void)
{
	u8 *at = window + 4096 * any(SV_WINDOW_LEN / 4096);

	if (any(2))
		madvise(at, 4096, any(2) ? MADV_DONTNEED : MADV_REMOVE);
	else
		(void)mmap(at, 4096, any(4) ? PROT_READ | PROT_WRITE : PROT_READ,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
}

/* One life: some steps, perhaps a child that goes on with the same device, any end. */
static void live(u32 steps)
{
	bool is_parent = true;

	open_device();
	map_window();
	if (any(8)) {
		call(VHOST_SET_OWNER, NULL);
		set_features(SV_VHOST_FEATURES);
		call(VHOST_SET_MEM_TABLE, good_table());
	}
	for (; steps; steps--) {
		if (any(40))
			any_ioctl();
		else if (any(3))
			any_memory();
		else if (is_parent && !fork())
			is_parent = false;
	}
	if (!is_parent || !any(4))
		kill(getpid(), SIGKILL);
	exit(0);
}

/* Every life is a process, so that a signal ends one and not all. */
int attach_fuzz(u64 first, u32 nr)
{
	u32 i;

	seed = first;
	for (i = 0; i < nr; i++) {
		pid_t pid = fork();

		seed += i;
		if (!pid)
			live(1 + any(60));
		while (wait(NULL) > 0)
			;
		/* Children of the dead may have it open for a moment more. */
		while ((dev = open(SV_VHOST_PATH, O_RDWR | O_CLOEXEC)) < 0)
			usleep(1000);
		close(dev);
		dev = -1;
	}
	printf("%u lives\n", nr);
	return 0;
}
