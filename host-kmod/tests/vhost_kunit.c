// SPDX-License-Identifier: GPL-2.0
/*
 * The attachment from inside: who is obeyed, what a table says of the window, and the books of
 * pinned memory. A vault with good rings, and nobody who answers. What only a process can do to
 * the device is in tests/vm/tools/attach_rows.c.
 */
#include "vhost/attach.h"
#include "vhost/device.h"
#include "fake_vault.h"

#include <kunit/test.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/uaccess.h>
#include <uapi/linux/vhost.h>

enum { NR_PAGES = SV_WINDOW_LEN / PAGE_SIZE, MAX_TABLE = 4 };

struct table {
	struct vhost_memory head;
	struct vhost_memory_region region[MAX_TABLE];
};

/* @va: our window as the process sees it; @room: a place there for arguments; @mm: of the case */
struct env {
	struct sv_vhost *v;
	struct fake_vault vault;
	u64 va;
	u64 room;
	struct mm_struct *mm;
};

static u64 map(struct kunit *test, u64 len)
{
	u64 va = kunit_vm_mmap(test, NULL, 0, len, PROT_READ | PROT_WRITE,
			       MAP_ANONYMOUS | MAP_PRIVATE, 0);

	KUNIT_ASSERT_NE(test, va, 0);
	return va;
}

static int env_init(struct kunit *test)
{
	struct env *env = kunit_kzalloc(test, sizeof(*env), GFP_KERNEL);

	if (!env)
		return -ENOMEM;
	test->priv = env;
	/* The thread is the case's own. */
	current->signal->rlim[RLIMIT_MEMLOCK].rlim_cur = RLIM_INFINITY;
	env->va = map(test, SV_WINDOW_LEN);
	env->room = map(test, PAGE_SIZE);
	env->mm = current->mm;
	mmgrab(env->mm);
	env->v = sv_vhost_create();
	return PTR_ERR_OR_ZERO(env->v);
}

/* In another thread. Everything is given back, whatever the case did. */
static void env_exit(struct kunit *test)
{
	struct env *env = test->priv;

	if (!env)
		return;
	if (!IS_ERR_OR_NULL(env->v))
		sv_vhost_destroy(env->v);
	if (!env->mm)
		return;
	KUNIT_EXPECT_EQ(test, atomic64_read(&env->mm->pinned_vm), 0);
	mmdrop(env->mm);
}

static long call(struct kunit *test, unsigned int cmd, const void *arg, size_t len)
{
	struct env *env = test->priv;
	void __user *room = (void __user *)(uintptr_t)env->room;

	KUNIT_ASSERT_EQ(test, copy_to_user(room, arg, len), 0);
	return sv_vhost_ioctl(env->v, cmd, room);
}

static long run(struct kunit *test, int on)
{
	return call(test, VHOST_VSOCK_SET_RUNNING, &on, sizeof(on));
}

static long set_table(struct kunit *test, u64 gpa, u64 len, u64 uaddr)
{
	struct table t = { .head.nregions = 1 };

	t.region[0] = (struct vhost_memory_region){ gpa, len, uaddr, 0 };
	return call(test, VHOST_SET_MEM_TABLE, &t, sizeof(t));
}

static long set_features(struct kunit *test, u64 features)
{
	return call(test, VHOST_SET_FEATURES, &features, sizeof(features));
}

static u64 behind_board(u64 gpa)
{
	return gpa + SV_BOARD_LEN;
}

/* The fake vault behind the board. */
static void make_vault(struct kunit *test)
{
	struct env *env = test->priv;
	struct sv_board board = {
		.magic = cpu_to_le32(SV_BOARD_MAGIC),
		.version_major = cpu_to_le16(SV_VERSION_MAJOR),
		.nr_pairs = cpu_to_le16(FAKE_PAIRS),
	};
	void __user *window = (void __user *)(uintptr_t)env->va;
	unsigned long left;
	u32 i, n;

	KUNIT_ASSERT_EQ(test, fake_init(&env->vault), 0);
	for (i = 0; i < 2 * FAKE_PAIRS; i++) {
		const struct sv_chan_queue *q = &env->vault.vq[i];
		struct sv_vring_desc *desc = env->vault.pair[i / 2].desc[i % 2];

		board.queue[i].desc = cpu_to_le32(behind_board(q->desc_gpa) - SV_WINDOW_GPA);
		board.queue[i].avail = cpu_to_le32(behind_board(q->avail_gpa) - SV_WINDOW_GPA);
		board.queue[i].used = cpu_to_le32(behind_board(q->used_gpa) - SV_WINDOW_GPA);
		board.queue[i].num = cpu_to_le32(q->num);
		for (n = 0; n < FAKE_SLOTS; n++)
			desc[n].addr = cpu_to_le64(behind_board(le64_to_cpu(desc[n].addr)));
	}
	left = copy_to_user(window, &board, sizeof(board));
	left += copy_to_user(window + SV_BOARD_LEN, env->vault.va, FAKE_WINDOW_LEN);
	fake_free(&env->vault);
	KUNIT_ASSERT_EQ(test, left, 0);
}

/* All before the start. */
static void prepare(struct kunit *test)
{
	struct env *env = test->priv;

	make_vault(test);
	KUNIT_ASSERT_EQ(test, sv_vhost_ioctl(env->v, VHOST_SET_OWNER, NULL), 0);
	KUNIT_ASSERT_EQ(test, set_features(test, SV_VHOST_FEATURES), 0);
	KUNIT_ASSERT_EQ(test, set_table(test, SV_WINDOW_GPA, SV_WINDOW_LEN, env->va), 0);
}

static void expect_pinned(struct kunit *test, s64 pages)
{
	KUNIT_EXPECT_EQ(test, atomic64_read(&current->mm->pinned_vm), pages);
}

static void test_one_at_a_time(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(sv_vhost_create()), -EBUSY);
}

static void test_needs_owner(struct kunit *test)
{
	struct env *env = test->priv;

	KUNIT_EXPECT_EQ(test, run(test, 1), -EPERM);
	KUNIT_EXPECT_EQ(test, run(test, 0), -EPERM);
	KUNIT_EXPECT_EQ(test, set_features(test, SV_VHOST_FEATURES), -EPERM);
	KUNIT_EXPECT_EQ(test, set_table(test, SV_WINDOW_GPA, SV_WINDOW_LEN, env->va), -EPERM);
	KUNIT_EXPECT_EQ(test, sv_vhost_ioctl(env->v, VHOST_SET_OWNER, NULL), 0);
	KUNIT_EXPECT_EQ(test, sv_vhost_ioctl(env->v, VHOST_SET_OWNER, NULL), -EBUSY);
	KUNIT_EXPECT_EQ(test, run(test, 0), 0);
	KUNIT_EXPECT_EQ(test, sv_vhost_ioctl(env->v, VHOST_RESET_OWNER, NULL), -ENOIOCTLCMD);
}

/* A thread of the kernel has no memory that could be meant, before or after. */
static void test_without_memory(struct kunit *test)
{
	struct env *env = test->priv;
	struct mm_struct *mm = current->mm;

	mmget(mm);
	kthread_unuse_mm(mm);
	KUNIT_EXPECT_EQ(test, sv_vhost_ioctl(env->v, VHOST_SET_OWNER, NULL), -EPERM);
	KUNIT_EXPECT_EQ(test, sv_vhost_ioctl(env->v, VHOST_VSOCK_SET_RUNNING, NULL), -EPERM);
	kthread_use_mm(mm);
	mmput(mm);
	KUNIT_EXPECT_EQ(test, sv_vhost_ioctl(env->v, VHOST_SET_OWNER, NULL), 0);
	mmget(mm);
	kthread_unuse_mm(mm);
	KUNIT_EXPECT_EQ(test, sv_vhost_ioctl(env->v, VHOST_VSOCK_SET_RUNNING, NULL), -EPERM);
	kthread_use_mm(mm);
	mmput(mm);
}

static void test_start_and_stop(struct kunit *test)
{
	struct env *env = test->priv;

	prepare(test);
	expect_pinned(test, 0);
	KUNIT_EXPECT_EQ(test, run(test, 1), 0);
	expect_pinned(test, NR_PAGES);
	KUNIT_EXPECT_EQ(test, run(test, 1), -EBUSY);
	KUNIT_EXPECT_EQ(test, run(test, 0), 0);
	expect_pinned(test, 0);
	KUNIT_EXPECT_EQ(test, env->v->door[0].base, 1);
	KUNIT_EXPECT_EQ(test, env->v->door[1].base, 1);
	KUNIT_EXPECT_EQ(test, run(test, 1), -EINVAL);
	expect_pinned(test, 0);
}

/* Whoever closes the device last may be anybody: it is not his memory that is counted. */
static void test_end_elsewhere(struct kunit *test)
{
	struct env *env = test->priv;
	struct mm_struct *mm = current->mm;

	prepare(test);
	KUNIT_EXPECT_EQ(test, run(test, 1), 0);
	mmget(mm);
	kthread_unuse_mm(mm);
	sv_vhost_destroy(env->v);
	env->v = NULL;
	KUNIT_EXPECT_EQ(test, atomic64_read(&mm->pinned_vm), 0);
	kthread_use_mm(mm);
	mmput(mm);
}

static void test_memlock(struct kunit *test)
{
	unsigned long *limit = &current->signal->rlim[RLIMIT_MEMLOCK].rlim_cur;

	prepare(test);
	*limit = 0;
	KUNIT_EXPECT_EQ(test, run(test, 1), -ENOMEM);
	*limit = SV_WINDOW_LEN - 1;
	KUNIT_EXPECT_EQ(test, run(test, 1), -ENOMEM);
	expect_pinned(test, 0);
	/* What others have pinned counts. */
	*limit = SV_WINDOW_LEN;
	atomic64_inc(&current->mm->pinned_vm);
	KUNIT_EXPECT_EQ(test, run(test, 1), -ENOMEM);
	atomic64_dec(&current->mm->pinned_vm);
	KUNIT_EXPECT_EQ(test, run(test, 1), 0);
	expect_pinned(test, NR_PAGES);
}

static void test_bad_memory(struct kunit *test)
{
	struct env *env = test->priv;
	u64 half;

	prepare(test);
	KUNIT_EXPECT_EQ(test, set_table(test, SV_WINDOW_GPA, SV_WINDOW_LEN, TASK_SIZE_MAX), 0);
	KUNIT_EXPECT_EQ(test, run(test, 1), -EFAULT);
	half = map(test, SV_WINDOW_LEN / 2);
	vm_munmap(half + SV_WINDOW_LEN / 4, SV_WINDOW_LEN / 4);
	KUNIT_EXPECT_EQ(test, set_table(test, SV_WINDOW_GPA, SV_WINDOW_LEN, half), 0);
	KUNIT_EXPECT_EQ(test, run(test, 1), -EFAULT);
	KUNIT_EXPECT_EQ(test, set_table(test, SV_WINDOW_GPA, SV_WINDOW_LEN, env->va + 1), 0);
	KUNIT_EXPECT_EQ(test, run(test, 1), -EINVAL);
	KUNIT_EXPECT_EQ(test, set_table(test, 0, SV_WINDOW_LEN, env->va), 0);
	KUNIT_EXPECT_EQ(test, run(test, 1), -EINVAL);
	KUNIT_EXPECT_EQ(test, set_table(test, SV_WINDOW_GPA, ~0ULL, env->va), -EINVAL);
	expect_pinned(test, 0);
}

/* Its pages may go under the vault: they are pinned, and nobody minds. */
static void test_unmapped_under_it(struct kunit *test)
{
	struct env *env = test->priv;

	prepare(test);
	KUNIT_EXPECT_EQ(test, run(test, 1), 0);
	vm_munmap(env->va, SV_WINDOW_LEN);
	KUNIT_EXPECT_EQ(test, run(test, 0), 0);
	expect_pinned(test, 0);
}

static void test_moved(struct kunit *test)
{
	struct env *env = test->priv;

	prepare(test);
	KUNIT_EXPECT_EQ(test, run(test, 1), 0);
	KUNIT_EXPECT_EQ(test, set_table(test, SV_WINDOW_GPA, SV_WINDOW_LEN, env->va), 0);
	expect_pinned(test, NR_PAGES);
	/* One that makes no sense changes nothing. */
	KUNIT_EXPECT_EQ(test, set_table(test, SV_WINDOW_GPA, ~0ULL, env->va), -EINVAL);
	expect_pinned(test, NR_PAGES);
	KUNIT_EXPECT_EQ(test, set_table(test, 0, PAGE_SIZE, env->va), 0);
	expect_pinned(test, 0);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(test_one_at_a_time),
	KUNIT_CASE(test_needs_owner),
	KUNIT_CASE(test_without_memory),
	KUNIT_CASE(test_start_and_stop),
	KUNIT_CASE(test_end_elsewhere),
	KUNIT_CASE(test_memlock),
	KUNIT_CASE(test_bad_memory),
	KUNIT_CASE(test_unmapped_under_it),
	KUNIT_CASE(test_moved),
	{}
};

static struct kunit_suite suite = {
	.name = "sevault_vhost",
	.init = env_init,
	.exit = env_exit,
	.test_cases = cases,
};

kunit_test_suites(&suite);
