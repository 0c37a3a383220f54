// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The vault image: bring up the machine, attach to the device, serve.
 * The only place where core/ and plat/ meet.
 */
#include <port.h>
#include <sevault/image.h>
#include <sevault/shm.h>
#include <sevault/wire.h>
#include <console.h>
#include <mach.h>

#include "core/crypto/selftest.h"
#include "core/crypto/util.h"
#include "core/facts.h"
#include "core/secret.h"
#include "core/server.h"
#include "plat/cpu.h"
#include "plat/die.h"
#include "plat/idle.h"
#include "plat/layout.h"
#include "plat/mark.h"
#include "plat/mmu.h"
#include "plat/stack.h"
#include "plat/trap.h"
#include "plat/virtio.h"

enum {
	NR_DATA_PAIRS = 1,
	NR_PAIRS = SV_PAIR_DATA + NR_DATA_PAIRS,
	NR_QUEUES = NR_PAIRS * SV_WINDOW_NR_DIRS,
	ADMIN_QUEUES = 3 << 2 * SV_PAIR_ADMIN,	/* as a mask */

	/* Whatever the host says, look at the device every second or so. */
	SPIN_MAX_TICKS = 1 << 30,
};

static_assert(NR_QUEUES <= 32, "kick masks have 32 bits");
static_assert(!(SV_WINDOW_GPA & 0x1fffff) && !(SV_WINDOW_LEN & 0x1fffff),
	      "mapped with 2 MiB pages");

/* engine.h and cpu.h list the same facts; neither knows the other. */
static_assert((int)SV_CPU_CAN_SSSE3 == (int)SV_CPU_SSSE3 &&
	      (int)SV_CPU_CAN_SSE41 == (int)SV_CPU_SSE41 &&
	      (int)SV_CPU_CAN_AES == (int)SV_CPU_AES &&
	      (int)SV_CPU_CAN_PCLMUL == (int)SV_CPU_PCLMUL &&
	      (int)SV_CPU_CAN_AVX2 == (int)SV_CPU_AVX2 &&
	      (int)SV_CPU_CAN_AVX512 == (int)SV_CPU_AVX512 &&
	      (int)SV_CPU_CAN_VAES == (int)SV_CPU_VAES &&
	      (int)SV_CPU_CAN_VPCLMUL == (int)SV_CPU_VPCLMUL, "CPU features");

static const struct sv_image_mark mark __sv_image_mark = {
	.magic = SV_IMAGE_MAGIC,
	.mark_version = cpu_to_le32(SV_IMAGE_MARK_VERSION),
	.mode = SV_MACH_MODE,
	.debug = SV_CONSOLE_PRESENT,
	.cbit = SV_MACH_CBIT,
	.image_version = cpu_to_le32(SV_IMAGE_VERSION),
	.image_len = cpu_to_le32(SV_ROM_LEN),
	.ram_len = cpu_to_le32(SV_RAM_TOTAL),
	.window_len = cpu_to_le32(SV_WINDOW_LEN),
};

static struct sv_vault vault __aligned(64);
static struct sv_secret owner;
static struct sv_server server __aligned(64);
static struct sv_selftest_work selftest_work __aligned(64);
static struct sv_window window;
static struct sv_virtio virtio;
static u64 doorbells[SV_NR_BELLS];
static u64 spin_ticks;	/* look for work so long before sleeping */

__attribute__((noreturn)) void sv_main(void);

static u8 __shared *window_va(void)
{
	return (__force u8 __shared *)SV_WINDOW_GPA;
}

static void check(enum sv_death death)
{
	if (death)
		sv_die(death);
}

static bool is_memory(u8 __shared *p)
{
	const u64 pattern = 0x5356776e646f7721ULL;
	u64 back = 0;

	sv_shm_write(p, &pattern, sizeof(pattern));
	barrier();
	sv_shm_read(&back, p, sizeof(back));
	return back == pattern;
}

static void init_window(void)
{
	if (!is_memory(window_va()) ||
	    !is_memory(window_va() + SV_WINDOW_LEN - sizeof(u64)))
		sv_die(SV_DEATH_NO_WINDOW);
	sv_shm_zero(window_va(), SV_WINDOW_LEN);
	if (!sv_window_layout(&window, SV_WINDOW_LEN, NR_DATA_PAIRS))
		sv_die(SV_DEATH_BUG);
}

static void init_vault(u32 cpu)
{
	u32 health = sv_selftest_run(&selftest_work, &sv_engine_list, cpu);

	sv_console_hex("cpu", cpu);
	sv_console_hex("health", health);
	if (!sv_vault_init(&vault, SV_MACH_MODE, &sv_engine_list, cpu, health))
		sv_die(SV_DEATH_NO_ENGINE);
}

/*
 * SECURITY: the host says where the secure processor puts the secret, and
 * whether it does. What lies here is taken only if it is whole; the area is
 * wiped before anything else can happen.
 */
static void take_secret(struct sv_config_facts *facts)
{
	u8 *area = sv_mach_secret_area();
	bool found;

	if (!area)
		return;
	found = sv_secret_find(&owner, area, SV_SECRET_AREA_LEN);
	sv_wipe(area, SV_SECRET_AREA_LEN);
	if (!found)
		sv_die(SV_DEATH_SECRET);
	sv_secret_describe(&owner, facts);
}

static void configure(void)
{
	struct sv_config_facts facts;

	sv_facts_init(&facts, SV_MACH_MODE, SV_CONSOLE_PRESENT, SV_MACH_CBIT, NR_DATA_PAIRS);
	take_secret(&facts);
	sv_vault_configure(&vault, &facts);
}

/* The host answered while our write of DRIVER_OK was under way, or never will. */
static void check_answer(void)
{
	struct sv_config config;

	if (!sv_window_answer(window_va(), &config))
		sv_die(SV_DEATH_NO_ANSWER);
	if (le16_to_cpu(config.version_major) != SV_VERSION_MAJOR)
		sv_die(SV_DEATH_VERSION);
	if (le64_to_cpu(config.window_gpa) != SV_WINDOW_GPA ||
	    le32_to_cpu(config.window_len) != SV_WINDOW_LEN ||
	    le16_to_cpu(config.nr_data_pairs) < NR_DATA_PAIRS ||
	    config.reserved)
		sv_die(SV_DEATH_CONFIG);
	/* It is the host's CPU that we spend, and the host knows how many it has. */
	spin_ticks = (u64)le32_to_cpu(config.poll_us) * le32_to_cpu(config.tsc_khz) / 1000;
	spin_ticks = min_t(u64, spin_ticks, SPIN_MAX_TICKS);
}

static void init_bell(u16 bell)
{
	struct sv_virtio_queue queue = {
		.desc_gpa = SV_WINDOW_GPA + sv_window_bell_desc(bell),
		.avail_gpa = SV_WINDOW_GPA + sv_window_bell_avail(bell),
		.used_gpa = SV_WINDOW_GPA + sv_window_bell_used(bell),
		.num = SV_BOARD_RING_NUM,
	};

	check(sv_virtio_set_queue(&virtio, bell, &queue, &doorbells[bell]));
}

static void attach(void)
{
	struct sv_idle_message message = sv_idle_message();
	u32 i;

	check(sv_virtio_init(&virtio, SV_VIRTIO_ID, SV_VIRTIO_FEATURES));
	if (sv_virtio_nr_queues(&virtio) < SV_NR_BELLS)
		sv_die(SV_DEATH_QUEUES);
	check(sv_virtio_set_message(&virtio, message.addr, message.data));
	for (i = 0; i < SV_NR_BELLS; i++)
		init_bell((u16)i);
	sv_server_init(&server, &vault, window_va(), SV_WINDOW_GPA, &window,
		       SV_PAIR_ADMIN, NR_PAIRS);
	sv_window_post(&window, window_va());
	sv_virtio_start(&virtio);
	check_answer();
}

static void ring(u16 bell)
{
	sv_virtio_kick(doorbells[bell], bell);
	server.worker.kicks++;
}

static void kick_queues(u32 kick)
{
	if (kick & ADMIN_QUEUES)
		ring(SV_BELL_ADMIN);
	if (kick & ~(u32)ADMIN_QUEUES)
		ring(SV_BELL_DATA);
}

/* Serve until nothing came for spin_ticks. True: something was served. */
static bool serve_burst(void)
{
	u64 last = sv_cpu_tsc();
	bool served = false;
	u32 kick;
	int nr;

	do {
		nr = sv_server_poll(&server, &kick);
		kick_queues(kick);
		if (nr == SV_SERVER_BROKEN)
			sv_die(SV_DEATH_RING);
		if (nr) {
			served = true;
			last = sv_cpu_tsc();
		} else {
			cpu_relax();
		}
	} while (sv_cpu_tsc() - last < spin_ticks);
	return served;
}

static void sleep(void)
{
	u32 kick;
	bool work = sv_server_arm(&server, &kick);

	kick_queues(kick);
	if (!work) {
		server.worker.sleeps++;
		sv_idle_wait();
		server.worker.wakeups = sv_idle_nr_wakes();
	}
	sv_server_disarm(&server);
}

void sv_main(void)
{
	u32 cpu;

	sv_mach_init();
	sv_stack_init();
	sv_trap_init();
	cpu = sv_cpu_init();
	sv_mmu_init(SV_WINDOW_GPA, SV_WINDOW_LEN);
	sv_mach_open();
	sv_console_str("sevault: debug image\n");
	sv_idle_init();
	init_window();
	init_vault(cpu);
	configure();
	attach();
	sv_console_str("sevault: serving\n");
	for (;;) {
		/* Woken for nothing: perhaps the device is gone. */
		if (!serve_burst() && !sv_virtio_is_running(&virtio))
			sv_die(SV_DEATH_DEVICE_RESET);
		/* QEMU does not show us that the host's device wants a reset. */
		if (sv_server_is_given_up(&server))
			sv_die(SV_DEATH_DEVICE_RESET);
		sleep();
	}
}
