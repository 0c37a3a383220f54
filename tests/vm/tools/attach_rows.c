// SPDX-License-Identifier: GPL-2.0 OR MIT
/* Each row is a thing that the device must refuse, or stand. */
#include "attach.h"

static u32 row, nr_wrong;

__attribute__((format(printf, 2, 3)))
static void expect(bool ok, const char *fmt, ...)
{
	va_list ap;

	row++;
	if (ok)
		return;
	nr_wrong++;
	printf("row %u: ", row);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf(" (errno %d: %s)\n", errno, strerror(errno));
}

/* Everything up to the start. */
static void prepare(void)
{
	open_device();
	make_vault();
	expect(!call(VHOST_SET_OWNER, NULL), "the owner");
	expect(!set_features(SV_VHOST_FEATURES), "the features");
	expect(!call(VHOST_SET_MEM_TABLE, good_table()), "the table");
}

/* KiB that the kernel says are pinned for us. */
static long pinned(void)
{
	char line[128];
	long kib = -1;
	FILE *f = fopen("/proc/self/status", "r");

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "VmPin: %ld", &kib) == 1)
			break;
	if (f)
		fclose(f);
	return kib;
}

/* Started, and ended again, with the books balanced. */
static void expect_start(const char *what)
{
	expect(!run(1), "%s: refused", what);
	expect(pinned() == (long)SV_WINDOW_LEN / 1024, "%s: %ld KiB pinned", what, pinned());
	expect(!run(0), "%s: not ended", what);
	expect(!pinned(), "%s: %ld KiB left pinned", what, pinned());
}

static void expect_refusal(int want, const char *what)
{
	int got = run(1);

	expect(got == want, "%s: error %d, not %d", what, got, want);
	expect(!pinned(), "%s: %ld KiB pinned", what, pinned());
}

static void try_order(void)
{
	static const unsigned long owned[] = {
		VHOST_SET_FEATURES, VHOST_SET_MEM_TABLE, VHOST_SET_VRING_NUM, VHOST_SET_VRING_BASE,
		VHOST_GET_VRING_BASE, VHOST_SET_VRING_KICK, VHOST_SET_VRING_CALL,
		VHOST_SET_VRING_ERR, VHOST_SET_VRING_ADDR, VHOST_VSOCK_SET_RUNNING,
		VHOST_VSOCK_SET_GUEST_CID,
	};
	static const unsigned long unknown[] = {
		VHOST_RESET_OWNER, VHOST_SET_LOG_BASE, VHOST_SET_LOG_FD, VHOST_GET_BACKEND_FEATURES,
		VHOST_SET_BACKEND_FEATURES, VHOST_NET_SET_BACKEND, VHOST_VDPA_GET_STATUS,
		0, ~0UL, TCGETS, SV_VHOST_GET_CONFIG + 1,
	};
	u8 room[4096] = { 0 };
	u64 features = 0;
	u32 i;

	open_device();
	for (i = 0; i < ARRAY_SIZE(owned); i++)
		expect(call(owned[i], room) == EPERM, "order: %lx without an owner", owned[i]);
	expect(!call(SV_VHOST_GET_CONFIG, room), "order: the configuration");
	expect(!call(VHOST_GET_FEATURES, &features) && features == 0x120000000,
	       "order: features %llx", (unsigned long long)features);
	expect(call(VHOST_GET_FEATURES, NULL) == EFAULT, "order: features to nowhere");
	expect(call(SV_VHOST_GET_CONFIG, (void *)1) == EFAULT, "order: configuration to nowhere");
	expect(!call(VHOST_SET_OWNER, NULL), "order: the owner");
	expect(call(VHOST_SET_OWNER, NULL) == EBUSY, "order: a second owner");
	for (i = 0; i < ARRAY_SIZE(unknown); i++)
		expect(call(unknown[i], room) == ENOTTY, "order: %lx is known", unknown[i]);
	for (i = 0; i < 7; i++)	/* those that look at what they get */
		expect(call(owned[i], (void *)8) == EFAULT, "order: %lx from nowhere", owned[i]);
	expect(run(2) == EINVAL && run(-1) == EINVAL, "order: running twice as much");
	expect(!run(0), "order: an end before the start");
	expect(open(SV_VHOST_PATH, O_RDWR) == -1 && errno == EBUSY, "order: open twice");
}

static void try_start(void)
{
	struct vhost_vring_state s = { 0, 77 };

	prepare();
	expect(set_features(SV_VHOST_FEATURES | 1) == EOPNOTSUPP, "start: a feature of no use");
	expect(set_features(SV_VIRTIO_FEATURES) == EOPNOTSUPP, "start: ACCESS_PLATFORM");
	expect(!set_features(0), "start: no features");
	expect_refusal(EINVAL, "start: without features");
	expect(!set_features(SV_VHOST_FEATURES), "start: features again");
	expect(set_base(2, 0) == ENOBUFS && set_base(~0U, 0) == ENOBUFS, "start: a third bell");
	expect(!set_base(1, 1), "start: a base");
	expect_refusal(EINVAL, "start: a virtqueue that was used");
	expect(!set_base(1, 0), "start: a base again");
	expect(!run(1) && run(1) == EBUSY, "start: twice");
	expect(set_base(0, 0) == EBUSY, "start: a base under way");
	expect(!run(0), "start: the end");
	expect(!call(VHOST_GET_VRING_BASE, &s) && s.num >= 1, "start: base %u after a run", s.num);
	make_vault();
	expect_refusal(EINVAL, "start: continued");
	expect(!set_base(0, 0) && !set_base(1, 0), "start: a reset");
	expect_start("start: after a reset");
}

static void try_board(void)
{
	struct sv_board *board = (void *)window;
	static const struct { u32 off, len, value; } rows[] = {
		{ offsetof(struct sv_board, magic), 4, 0 },
		{ offsetof(struct sv_board, magic), 4, SV_CONFIG_MAGIC },
		{ offsetof(struct sv_board, version_major), 2, SV_VERSION_MAJOR + 1 },
		{ offsetof(struct sv_board, nr_pairs), 2, 0 },
		{ offsetof(struct sv_board, nr_pairs), 2, 1 },
		{ offsetof(struct sv_board, nr_pairs), 2, 3 },
		{ offsetof(struct sv_board, nr_pairs), 2, 0xffff },
		{ offsetof(struct sv_board, reserved), 2, 1 },
		{ offsetof(struct sv_board, queue[4]), 4, 4096 },
		{ offsetof(struct sv_board, queue[17].num), 4, 1 },
		/* 10: rings */
		{ offsetof(struct sv_board, queue[0].desc), 4, SV_WINDOW_LEN },
		{ offsetof(struct sv_board, queue[1].avail), 4, ~1U },
		{ offsetof(struct sv_board, queue[2].used), 4, SV_WINDOW_LEN - 4 },
		{ offsetof(struct sv_board, queue[3].num), 4, 3 },
		{ offsetof(struct sv_board, queue[3].num), 4, 0 },
		{ offsetof(struct sv_board, queue[0].num), 4, 1U << 31 },
	};
	struct sv_config config;
	u32 i;

	prepare();
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		make_vault();
		memcpy((u8 *)board + rows[i].off, &rows[i].value, rows[i].len);
		expect_refusal(EPROTO, "board");
		/* Only another version deserves an answer. */
		expect(sv_window_answer((__force u8 __shared *)window, &config) == (i == 2),
		       "board: answer of %u", i);
	}
	make_vault();
	expect_start("board: a good one");
	expect(sv_window_answer((__force u8 __shared *)window, &config), "board: no answer");
}

static void try_table(void)
{
	struct table *t;
	u32 i;

	prepare();
	t = good_table();
	t->head.padding = 1;
	expect(call(VHOST_SET_MEM_TABLE, t) == EOPNOTSUPP, "table: padding");
	t = good_table();
	t->head.nregions = MAX_REGIONS;
	expect(call(VHOST_SET_MEM_TABLE, t) == E2BIG, "table: large");
	t->head.nregions = ~0U;
	expect(call(VHOST_SET_MEM_TABLE, t) == E2BIG, "table: huge");
	expect(call(VHOST_SET_MEM_TABLE, one_region(~0ULL - 4096, 8192, va(window))) == EINVAL,
	       "table: beyond the end of guest memory");
	t = one_region(SV_WINDOW_GPA, SV_WINDOW_LEN, ~0ULL - 4096);
	expect(call(VHOST_SET_MEM_TABLE, t) == EINVAL, "table: beyond the end of our memory");
	t = good_table();
	t->head.nregions = 2;
	t->region[1] = t->region[0];
	expect(call(VHOST_SET_MEM_TABLE, t) == EINVAL, "table: twice the window");
	t->region[1].guest_phys_addr -= 4096;
	expect(call(VHOST_SET_MEM_TABLE, t) == EINVAL, "table: two that overlap");
	/* What was good before stays. */
	expect_start("table: the one before");
	expect(!set_base(0, 0) && !set_base(1, 0), "table: a reset");

	make_vault();
	t = good_table();
	t->head.nregions = 0;
	expect(!call(VHOST_SET_MEM_TABLE, t), "table: empty");
	expect_refusal(EINVAL, "table: no window");
	expect(!call(VHOST_SET_MEM_TABLE, one_region(SV_WINDOW_GPA, SV_WINDOW_LEN - 1, va(window))),
	       "table: short");
	expect_refusal(EINVAL, "table: a window that is short");
	t = good_table();
	t->head.nregions = 2;
	t->region[0].memory_size /= 2;
	t->region[1] = t->region[0];
	t->region[1].guest_phys_addr += SV_WINDOW_LEN / 2;
	t->region[1].userspace_addr += SV_WINDOW_LEN / 2;
	expect(!call(VHOST_SET_MEM_TABLE, t), "table: split");
	expect_refusal(EINVAL, "table: a window in two parts");
	expect(!call(VHOST_SET_MEM_TABLE, one_region(SV_WINDOW_GPA, BIG, va(window) + 64)), "table: odd");
	expect_refusal(EINVAL, "table: a window between pages");
	/* A part of something larger, among others, as QEMU would have it with more memory. */
	t = one_region(SV_WINDOW_GPA - 4096, SV_WINDOW_LEN + 8192, va(window) - 4096);
	t->head.nregions = 509;
	for (i = 1; i < 509; i++)
		t->region[i] = (struct vhost_memory_region){ i << 13, 4096, va(window), 0 };
	expect(!call(VHOST_SET_MEM_TABLE, t), "table: a long one");
	expect_start("table: a long one");
}

static void expect_memory(int want, const void *p, const char *what)
{
	expect(!set_base(0, 0) && !set_base(1, 0), "%s: a reset", what);
	expect(!call(VHOST_SET_MEM_TABLE, one_region(SV_WINDOW_GPA, SV_WINDOW_LEN, va(p))), "%s", what);
	if (want)
		expect_refusal(want, what);
	else
		expect_start(what);
}

static void *map(int prot, int flags, int fd)
{
	void *p = mmap(NULL, SV_WINDOW_LEN, prot, flags, fd, 0);

	return p == MAP_FAILED ? NULL : p;
}

/* What may lie where the window is said to be. */
static void try_memory(void)
{
	int fd, null = open("/dev/zero", O_RDWR | O_CLOEXEC);
	u8 *p;

	prepare();
	p = map(PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	memcpy(p, window, SV_WINDOW_LEN);
	expect_memory(0, p, "memory: private");
	memcpy(p, window, SV_WINDOW_LEN);
	munmap(p + SV_WINDOW_LEN / 2, 4096);
	expect_memory(EFAULT, p, "memory: with a hole");
	munmap(p, SV_WINDOW_LEN);
	expect_memory(EFAULT, p, "memory: unmapped");
	expect_memory(EFAULT, NULL, "memory: at null");
	expect_memory(EFAULT, (void *)(uintptr_t)0xffff888000000000, "memory: the kernel's");
	p = map(PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	expect_memory(EFAULT, p, "memory: read-only");
	p = map(PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	expect_memory(EFAULT, p, "memory: without rights");
	p = map(PROT_READ | PROT_WRITE, MAP_PRIVATE, null);
	memcpy(p, window, SV_WINDOW_LEN);
	expect_memory(0, p, "memory: of /dev/zero");

	/* A memfd, as QEMU has it; cut off at the end while it is pinned. */
	fd = memfd_create("window", MFD_CLOEXEC);
	expect(!ftruncate(fd, SV_WINDOW_LEN), "memory: a memfd");
	p = map(PROT_READ | PROT_WRITE, MAP_SHARED, fd);
	memcpy(p, window, SV_WINDOW_LEN);
	expect_memory(0, p, "memory: a memfd");
	make_vault();
	memcpy(p, window, SV_WINDOW_LEN);
	expect(!set_base(0, 0) && !set_base(1, 0) && !run(1), "memory: a memfd again");
	expect(!ftruncate(fd, 0) && !munmap(p, SV_WINDOW_LEN), "memory: gone under the vault");
	expect(!run(0) && !pinned(), "memory: the end of what is gone");
	close(fd);
	fd = memfd_create("sealed", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	expect(!ftruncate(fd, SV_WINDOW_LEN / 2), "memory: half a file");
	p = map(PROT_READ | PROT_WRITE, MAP_SHARED, fd);
	expect_memory(EFAULT, p, "memory: half a file");
	close(fd);
	close(null);
}

static void set_memlock(u64 bytes)
{
	struct rlimit limit = { bytes, RLIM_INFINITY };

	setrlimit(RLIMIT_MEMLOCK, &limit);
}

static void try_memlock(void)
{
	prepare();
	set_memlock(SV_WINDOW_LEN - 1);
	expect_refusal(ENOMEM, "memlock: a byte short");
	set_memlock(0);
	expect_refusal(ENOMEM, "memlock: none");
	set_memlock(SV_WINDOW_LEN);
	expect_start("memlock: just enough");
	expect(!set_base(0, 0) && !set_base(1, 0), "memlock: a reset");
	make_vault();
	expect_start("memlock: just enough, again");
	set_memlock(RLIM_INFINITY);
}

/* The end of a vault whose memory moves. */
static void try_moves(void)
{
	prepare();
	expect(!run(1), "moves: the start");
	expect(!call(VHOST_SET_MEM_TABLE, good_table()) && pinned(), "moves: the same table");
	expect(!call(VHOST_SET_MEM_TABLE, one_region(0, 4096, va(window))), "moves: away");
	expect(!pinned(), "moves: still pinned");
	make_vault();
	expect(!call(VHOST_SET_MEM_TABLE, good_table()), "moves: back");
	expect_refusal(EINVAL, "moves: continued");
}

static void try_bells(void)
{
	int fds[2], bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	u64 one = 1;
	u32 i;

	prepare();
	for (i = 0; i < 3; i++) {
		unsigned long cmd = i ? i == 1 ? VHOST_SET_VRING_CALL : VHOST_SET_VRING_ERR :
					VHOST_SET_VRING_KICK;

		expect(set_file(cmd, 2, bell) == ENOBUFS, "bells: a third");
		expect(!set_file(cmd, 0, -1), "bells: none");
		if (i == 2)
			continue;
		expect(set_file(cmd, 0, 999) == EBADF, "bells: no descriptor");
		expect(set_file(cmd, 0, dev) == EINVAL, "bells: the device itself");
		expect(!pipe(fds) && set_file(cmd, 1, fds[0]) == EINVAL, "bells: a pipe");
	}
	/* One eventfd for all: what we ring is what rings us. */
	for (i = 0; i < 4; i++)
		expect(!set_file(i & 1 ? VHOST_SET_VRING_CALL : VHOST_SET_VRING_KICK, i / 2, bell),
		       "bells: the same for all");
	expect(write(bell, &one, sizeof(one)) == sizeof(one), "bells: before the start");
	expect(!run(1), "bells: the start");
	for (i = 0; i < 1000; i++)
		(void)!write(bell, &one, sizeof(one));
	close(bell);
	expect(!run(0) && !pinned(), "bells: the end");
}

static int in_child(int (*f)(void))
{
	int status = -1;
	pid_t pid = fork();

	if (!pid)
		_exit(f());
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int child_run(void)
{
	return run(1);
}

static int child_owner(void)
{
	return call(VHOST_SET_OWNER, NULL);
}

static int child_table(void)
{
	return call(VHOST_SET_MEM_TABLE, good_table());
}

/* Who has the descriptor, and who is obeyed. */
static void try_processes(void)
{
	int go[2];
	pid_t pid;

	prepare();
	expect(in_child(child_run) == EPERM, "processes: a child starts");
	expect(in_child(child_owner) == EBUSY, "processes: a child owns");
	expect(in_child(child_table) == EPERM, "processes: a child has memory");
	expect(!run(1), "processes: the start");
	expect(in_child(child_run) == EPERM, "processes: a child starts it again");
	expect(pinned() > 0, "processes: the end by a child");

	/* A child outlives its parent's descriptor: so does the vault. */
	if (pipe(go))
		exit(1);
	pid = fork();
	if (!pid) {
		char c;

		close(go[1]);
		_exit(read(go[0], &c, 1) != 0);
	}
	close(go[0]);
	close(dev);
	dev = -1;
	expect(pinned() > 0, "processes: ended, though a child has it open");
	expect(open(SV_VHOST_PATH, O_RDWR) == -1 && errno == EBUSY, "processes: free, though a child has it open");
	close(go[1]);
	waitpid(pid, NULL, 0);
	expect(!pinned(), "processes: pinned after the end of all");
	open_device();

	/* The owner's end is not the device's: somebody else may hold it, and be nobody to it. */
	pid = fork();
	if (!pid) {
		make_vault();
		_exit(call(VHOST_SET_OWNER, NULL) || set_features(SV_VHOST_FEATURES) ||
		      call(VHOST_SET_MEM_TABLE, good_table()) || run(1));
	}
	expect(waitpid(pid, &go[0], 0) == pid && !go[0], "processes: a vault of a child");
	expect(call(VHOST_SET_OWNER, NULL) == EBUSY && run(0) == EPERM, "processes: heirs");
	open_device();
	expect(!call(VHOST_SET_OWNER, NULL), "processes: a new life");
}

int attach_rows(void)
{
	try_order();
	try_start();
	try_board();
	try_table();
	try_memory();
	try_memlock();
	try_moves();
	try_bells();
	try_processes();
	close(dev);
	printf("%u rows, %u wrong\n", row, nr_wrong);
	return nr_wrong > 0;
}
