// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The SEV-ES vault from its first line of C to its end, in this process: the
 * machine, the hypervisor and the owner's secret are the tests'. The window
 * lies where it lies in the vault.
 */
#include "lib_test.h"
#include "lib_host.h"
#include "lib_machine.h"
#include "lib_ref.h"
#include "lib_world.h"

#include "core/vault.h"
#include "plat/cpu.h"
#include "plat/mmu.h"
#include "plat/trap.h"
#include "ring/board.h"
#include "world/sev-es/mach.h"

#include <sevault/secret.h>
#include <sevault/shm.h>

#include <sys/mman.h>

enum { NR_KEYS = 2, MAX_SLEEPS = 8 };

#define KEY_WORD 0x6b65792d77617331ULL	/* all keys consist of this */

/* What is outside of sev-es/ in the image and needs a machine. */

__attribute__((noreturn)) void sv_main(void);
extern u64 __stack_chk_guard, sv_wake_count;
u64 __stack_chk_guard;

void sv_trap_init(void)
{
}

u32 sv_cpu_init(void)
{
	return 0;
}

u64 sv_cpu_random(void)
{
	return 4;
}

void sv_mmu_init(u64 window_pa, u64 window_len)
{
	assert_true(window_pa == SV_WINDOW_GPA && window_len == SV_WINDOW_LEN);
}

/* The page that the secure processor fills, in the vault's private memory. */
static u8 area[SV_SECRET_AREA_LEN];
static u8 *window;

u8 *sv_mach_secret_area(void)
{
	return area;
}

static void boot(void *arg)
{
	(void)arg;
	sv_main();
}

/* The host's module, as far as it says hello. */
static struct {
	struct sv_config config;	/* what it answers on the board */
	struct sv_chan_queue vq[2 * SV_MAX_PAIRS];
	struct sv_chan chan;
	struct sv_hello hello;
	struct sv_slot_hdr answer;
	u32 nr_sleeps;
	bool has_answer;
} host_side;

/* The module, when it is told that the vault's driver is ready. */
static void take_vault(void)
{
	struct sv_board board;

	sv_board_read(&board, window);
	assert_int_equal(sv_board_judge(&board, 1), SV_BOARD_OK);
	sv_board_queues(&board, host_side.vq);
	sv_board_answer(window, &host_side.config);
}

static void say_hello(void)
{
	const struct sv_chan_window mapped = { window, SV_WINDOW_GPA, SV_WINDOW_LEN };
	const struct sv_hello hello = {
		.version_major = cpu_to_le16(SV_VERSION_MAJOR),
		.version_minor = cpu_to_le16(SV_VERSION_MINOR),
	};
	const struct sv_slot_hdr hdr = {
		.op = SV_OP_HELLO,
		.text_len = cpu_to_le32(sizeof(hello)),
	};
	struct sv_chan *c = &host_side.chan;
	int slot;

	assert_int_equal(sv_chan_init(c, &mapped, &host_side.vq[0], &host_side.vq[1],
				      SV_ADMIN_SLOT_LEN, SV_ADMIN_SLOT_LEN), SV_CHAN_OK);
	slot = sv_chan_take(c);
	assert_true(slot >= 0);
	sv_shm_write(sv_chan_data(c, (u32)slot), &hello, sizeof(hello));
	sv_chan_submit(c, (u32)slot, &hdr);
}

static void hear_hello(void)
{
	int slot = sv_chan_reap(&host_side.chan, &host_side.answer);

	if (slot < 0)
		return;
	host_side.has_answer = true;
	sv_shm_read(&host_side.hello, sv_chan_data(&host_side.chan, (u32)slot),
		    sizeof(host_side.hello));
}

/* While the vault sleeps; in the end its device goes. */
static void play_host(void)
{
	if (!host_side.nr_sleeps++)
		say_hello();
	else
		hear_hello();
	if (host_side.has_answer || host_side.nr_sleeps == MAX_SLEEPS)
		machine.status = 0;
	sv_wake_count++;
}

static void fill_words(u8 *p, size_t len)
{
	const u64 word = KEY_WORD;
	size_t i;

	for (i = 0; i < len; i++)
		p[i] = ((const u8 *)&word)[i % sizeof(word)];
}

static struct sv_secret good_secret(void)
{
	struct sv_secret s = {
		.magic = SV_SECRET_MAGIC,
		.version = cpu_to_le16(SV_SECRET_VERSION),
		.nr_keys = cpu_to_le16(NR_KEYS),
	};
	u32 i;

	memset(s.session_id, 0x5e, sizeof(s.session_id));
	fill_words(s.channel_key, sizeof(s.channel_key));
	for (i = 0; i < NR_KEYS; i++) {
		memset(s.key[i].id, 0x10 + (int)i, sizeof(s.key[i].id));
		fill_words(s.key[i].key, sizeof(s.key[i].key));
	}
	ref_sha256(s.digest, &s, offsetof(struct sv_secret, digest));
	return s;
}

static void inject(const struct sv_secret *s)
{
	static const u8 guid[2][SV_SECRET_GUID_LEN] = {
		SV_SECRET_TABLE_GUID, SV_SECRET_ENTRY_GUID,
	};
	__le32 entry = cpu_to_le32(SV_SECRET_HEAD_LEN + sizeof(*s));
	__le32 total = cpu_to_le32(2 * SV_SECRET_HEAD_LEN + sizeof(*s));

	memset(area, 0, sizeof(area));
	memcpy(area, guid[0], SV_SECRET_GUID_LEN);
	memcpy(area + SV_SECRET_GUID_LEN, &total, 4);
	memcpy(area + SV_SECRET_HEAD_LEN, guid[1], SV_SECRET_GUID_LEN);
	memcpy(area + SV_SECRET_HEAD_LEN + SV_SECRET_GUID_LEN, &entry, 4);
	memcpy(area + 2 * SV_SECRET_HEAD_LEN, s, sizeof(*s));
}

static const struct sv_config good_config = {
	.magic = cpu_to_le32(SV_CONFIG_MAGIC),
	.version_major = cpu_to_le16(SV_VERSION_MAJOR),
	.version_minor = cpu_to_le16(SV_VERSION_MINOR),
	.window_gpa = cpu_to_le64(SV_WINDOW_GPA),
	.window_len = cpu_to_le32(SV_WINDOW_LEN),
	.nr_data_pairs = cpu_to_le16(1),
};

/* An honest machine, and a good secret in its place. */
static void prepare(void)
{
	struct sv_secret s = good_secret();

	inject(&s);
	memset(&host_side, 0, sizeof(host_side));
	host_side.config = good_config;
	memset(window, 0x77, SV_WINDOW_LEN);
	machine_reset();
	machine.started = take_vault;
	host_reset();
	world_sleep = play_host;
}

static bool is_zero(const u8 *p, size_t len)
{
	return !p[0] && !memcmp(p, p + 1, len - 1);
}

/* Of keys nothing is where the host looks, and no device is told another place. */
static void check_end(u32 row)
{
	const u64 word = KEY_WORD;
	u32 i;

	assert_row(row, !memmem(window, SV_WINDOW_LEN, &word, sizeof(word)));
	assert_row(row, !memmem(host.page, sizeof(host.page), &word, sizeof(word)));
	for (i = 0; i < MACHINE_MAX_QUEUES; i++) {
		const struct machine_queue *q = &machine.queue[i];

		if (!q->enable)
			continue;
		assert_row(row, q->desc - SV_WINDOW_GPA < SV_WINDOW_LEN);
		assert_row(row, q->avail - SV_WINDOW_GPA < SV_WINDOW_LEN);
		assert_row(row, q->used - SV_WINDOW_GPA < SV_WINDOW_LEN);
	}
	if (world_violation()[0])
		fail_msg("row %u: %s", row, world_violation());
}

static enum sv_death run(void)
{
	return world_run(boot, NULL);
}

/* What hello says is what an owner computes. */
static void test_good(void **state)
{
	struct sv_config_facts facts = {
		.magic = SV_FACTS_MAGIC,
		.mode = SV_MODE_SEV_ES,
		.cbit = HOST_CBIT,
		.image_version = cpu_to_le32(SV_IMAGE_VERSION),
		.version_major = cpu_to_le16(SV_VERSION_MAJOR),
		.version_minor = cpu_to_le16(SV_VERSION_MINOR),
		.nr_data_pairs = cpu_to_le16(1),
		.nr_root_keys = cpu_to_le16(NR_KEYS),
		.window_gpa = cpu_to_le64(SV_WINDOW_GPA),
		.window_len = cpu_to_le64(SV_WINDOW_LEN),
	};
	u8 digest[SV_DIGEST_LEN];

	(void)state;
	prepare();
	assert_int_equal(run(), SV_DEATH_DEVICE_RESET);
	assert_true(host_side.has_answer);
	assert_int_equal(le32_to_cpu(host_side.answer.status), SV_ST_OK);
	assert_int_equal(host_side.hello.mode, SV_MODE_SEV_ES);
	assert_int_equal(le32_to_cpu(host_side.hello.policy), 0);
	assert_int_equal(le32_to_cpu(host_side.hello.nr_root_keys), NR_KEYS);
	memset(facts.session_id, 0x5e, SV_ID_LEN);
	memset(facts.root_key_id[0], 0x10, SV_ID_LEN);
	memset(facts.root_key_id[1], 0x11, SV_ID_LEN);
	ref_sha256(digest, &facts, sizeof(facts));
	assert_memory_equal(host_side.hello.config_digest, digest, sizeof(digest));
	assert_true(is_zero(area, sizeof(area)));
	check_end(0);
}

/* A place in the area whose bits are turned. */
static void test_secret(void **state)
{
	enum { DATA = 2 * SV_SECRET_HEAD_LEN };
	static const struct { u32 off; u8 mask; } rows[] = {
		{ 0, 1 }, { 15, 0x80 },				/* the table's GUID */
		{ 16, 8 }, { 17, 0xff }, { 19, 0x80 },		/* and length */
		{ 20, 1 }, { 35, 0x80 },			/* the entry's */
		{ 36, 1 }, { 37, 1 }, { 39, 0x80 },
		/* 10 */
		{ DATA, 1 }, { DATA + 7, 1 },			/* magic */
		{ DATA + 8, 1 }, { DATA + 8, 3 },		/* version */
		{ DATA + 10, 1 }, { DATA + 11, 1 },		/* number of keys */
		{ DATA + 12, 1 },				/* policy: import */
		{ DATA + 15, 0x80 },
		{ DATA + 16, 1 }, { DATA + 32, 1 }, { DATA + 64, 1 },
		{ DATA + 447, 1 }, { DATA + 448, 1 }, { DATA + 479, 0x80 },
	};
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		prepare();
		area[rows[i].off] ^= rows[i].mask;
		assert_row(i, run() == SV_DEATH_SECRET);
		assert_row(i, is_zero(area, sizeof(area)));
		/* As somebody before us left it: it was not even reset. */
		assert_row(i, machine.status == 3 && !host_side.nr_sleeps);
		check_end(i);
	}
}

/* None, in another place, twice in part, or a foreign one */
static void test_no_secret(void **state)
{
	struct sv_secret s = good_secret();
	struct rng rng = { 5 };
	u32 i;

	(void)state;
	for (i = 0; i < 6; i++) {
		prepare();
		switch (i) {
		case 0:
			memset(area, 0, sizeof(area));
			break;
		case 1:
			memset(area, 0xff, sizeof(area));
			break;
		case 2:
			rng_fill(&rng, area, sizeof(area));
			break;
		case 3:
			memmove(area + 16, area, sizeof(area) - 16);
			break;
		case 4:
			memset(area + 256, 0, sizeof(area) - 256);
			break;
		default:
			s.nr_keys = 0;
			ref_sha256(s.digest, &s, offsetof(struct sv_secret, digest));
			inject(&s);
		}
		assert_row(i, run() == SV_DEATH_SECRET);
		assert_row(i, is_zero(area, sizeof(area)) && !host_side.nr_sleeps);
		check_end(i);
	}
}

/* What the hypervisor says before there is a page */
static void test_hypervisor(void **state)
{
	static const struct { u16 min, max, cbit; enum sv_death want; } rows[] = {
		{ 1, 1, HOST_CBIT, SV_DEATH_DEVICE_RESET },
		{ 2, 2, HOST_CBIT, SV_DEATH_DEVICE_RESET },
		{ 1, 2, 47, SV_DEATH_PLATFORM }, { 1, 2, 0, SV_DEATH_PLATFORM },
		{ 1, 2, 52, SV_DEATH_PLATFORM }, { 0, 2, HOST_CBIT, SV_DEATH_HOST },
		{ 3, 4, HOST_CBIT, SV_DEATH_HOST }, { 2, 1, HOST_CBIT, SV_DEATH_HOST },
		{ 0, 0, HOST_CBIT, SV_DEATH_HOST },
	};
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		prepare();
		host.min_version = rows[i].min;
		host.max_version = rows[i].max;
		host.cbit = rows[i].cbit;
		assert_row(i, run() == rows[i].want);
		assert_row(i, host_side.has_answer == (rows[i].want == SV_DEATH_DEVICE_RESET));
		assert_row(i, host_side.has_answer || !host.nr_exits);
		check_end(i);
	}
}

/* The host's answer on the board; none is there if its magic is not */
static void test_answer(void **state)
{
	static const struct { u32 off, len; u64 value; enum sv_death want; } rows[] = {
		{ offsetof(struct sv_config, version_minor), 2, 99, SV_DEATH_DEVICE_RESET },
		{ offsetof(struct sv_config, nr_data_pairs), 2, 8, SV_DEATH_DEVICE_RESET },
		{ offsetof(struct sv_config, magic), 4, 0, SV_DEATH_NO_ANSWER },
		{ offsetof(struct sv_config, magic), 1, 0xff, SV_DEATH_NO_ANSWER },
		{ offsetof(struct sv_config, version_major), 2, 0, SV_DEATH_VERSION },
		{ offsetof(struct sv_config, version_major), 2, SV_VERSION_MAJOR + 1,
		  SV_DEATH_VERSION },
		{ offsetof(struct sv_config, window_gpa), 8, 0, SV_DEATH_CONFIG },
		{ offsetof(struct sv_config, window_gpa), 8, 0x100000, SV_DEATH_CONFIG },
		{ offsetof(struct sv_config, window_len), 4, 0, SV_DEATH_CONFIG },
		{ offsetof(struct sv_config, window_len), 4, SV_WINDOW_LEN + 4096,
		  SV_DEATH_CONFIG },
		/* 10 */
		{ offsetof(struct sv_config, window_len), 4, ~0U, SV_DEATH_CONFIG },
		{ offsetof(struct sv_config, nr_data_pairs), 2, 0, SV_DEATH_CONFIG },
		{ offsetof(struct sv_config, reserved), 1, 1, SV_DEATH_CONFIG },
	};
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		prepare();
		memcpy((u8 *)&host_side.config + rows[i].off, &rows[i].value, rows[i].len);
		assert_row(i, run() == rows[i].want);
		assert_row(i, host_side.has_answer == (rows[i].want == SV_DEATH_DEVICE_RESET));
		assert_row(i, is_zero(area, sizeof(area)));
		check_end(i);
	}
}

/* A device of another kind does not know what a board is. */
static void test_no_answer(void **state)
{
	(void)state;
	prepare();
	machine.started = NULL;
	assert_int_equal(run(), SV_DEATH_NO_ANSWER);
	assert_false(host_side.has_answer);
	check_end(0);
}

/* From any exit on, the hypervisor answers with an error. */
static void test_every_exit(void **state)
{
	u32 i, nr, nr_before_secret;

	(void)state;
	prepare();
	memset(area, 0, sizeof(area));
	assert_int_equal(run(), SV_DEATH_SECRET);
	nr_before_secret = host.nr_exits;
	prepare();
	assert_int_equal(run(), SV_DEATH_DEVICE_RESET);
	nr = host.nr_exits;
	assert_true(nr_before_secret > 3 && nr > 10 * nr_before_secret);
	for (i = 0; i < nr; i++) {
		prepare();
		host.lie[0] = (struct host_lie){ HOST_INFO1, 4, 1 + i % 2, i };
		assert_row(i, run() == SV_DEATH_HOST);
		assert_row(i, host.nr_exits == i + 1);
		assert_row(i, is_zero(area, sizeof(area)) == (i >= nr_before_secret));
		check_end(i);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_secret),
		cmocka_unit_test(test_no_secret),
		cmocka_unit_test(test_hypervisor),
		cmocka_unit_test(test_answer),
		cmocka_unit_test(test_no_answer),
		cmocka_unit_test(test_every_exit),
	};

	window = mmap((void *)SV_WINDOW_GPA, SV_WINDOW_LEN, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	if (window == MAP_FAILED) {
		perror("the window");
		return 1;
	}
	return cmocka_run_group_tests_name("boot", tests, NULL, NULL);
}
