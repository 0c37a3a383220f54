// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * The code behind every interrupt (guest-vault/plat/entry.S), run as it is in
 * a process: a frame on the stack and a jump are what an interrupt is. Where
 * the stub goes back to there is an instruction that no process may execute,
 * so that the signal tells where that was, and what was in the registers.
 */
#include "lib_sanitize.h"
#include "lib_test.h"

#include <signal.h>
#include <ucontext.h>

enum {
	FLAGS_IF = 1 << 9,
	FLAGS = 1 << 1 | 1 << 6,	/* the bit that is always set, and ZF */
	FRAME_LEN = 5 * 8,
	NR_REGISTERS = 15,
	STACK_LEN = 8192,
};

/* What entry.S needs of the image. */
u64 sv_wake_count;
bool sv_idle_asleep;
void sv_main(void);
void sv_trap(void);
void sv_stray(void);
void sv_idle_hlt(void);

/* Below: an instruction that is none of the idle code's, and the interrupt. */
extern const u8 test_elsewhere[];
__attribute__((noreturn)) void test_interrupt(u64 rip, u64 flags, u64 rsp);

__asm__("	.text\n"
	"test_elsewhere:\n"
	"	ud2\n"
	"test_interrupt:\n"
	"	movq	%rdx, %rsp\n"
	"	andq	$-16, %rsp\n"		/* as a CPU does */
	"	movl	%ss, %eax\n"
	"	pushq	%rax\n"
	"	pushq	%rdx\n"
	"	pushq	%rsi\n"
	"	movl	%cs, %eax\n"
	"	pushq	%rax\n"
	"	pushq	%rdi\n"
	"	movl	$100, %eax\n"
	"	movl	$101, %ebx\n"
	"	movl	$102, %ecx\n"
	"	movl	$103, %edx\n"
	"	movl	$104, %esi\n"
	"	movl	$105, %edi\n"
	"	movl	$106, %ebp\n"
	"	movl	$107, %r8d\n"
	"	movl	$108, %r9d\n"
	"	movl	$109, %r10d\n"
	"	movl	$110, %r11d\n"
	"	movl	$111, %r12d\n"
	"	movl	$112, %r13d\n"
	"	movl	$113, %r14d\n"
	"	movl	$114, %r15d\n"
	"	jmp	sv_wake_stub\n");

static sigjmp_buf end;

/* What the stub left. */
static struct {
	bool died;
	u64 rip, rsp, flags, frame_flags;
	u64 reg[NR_REGISTERS];
} left;

void sv_main(void)
{
	abort();
}

void sv_trap(void)
{
	abort();
}

void sv_stray(void)
{
	left.died = true;
	siglongjmp(end, 1);
}

static void take_signal(int sig, siginfo_t *info, void *context)
{
	static const int reg[NR_REGISTERS] = {
		REG_RAX, REG_RBX, REG_RCX, REG_RDX, REG_RSI, REG_RDI, REG_RBP, REG_R8, REG_R9,
		REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15,
	};
	const greg_t *gregs = ((ucontext_t *)context)->uc_mcontext.gregs;
	u32 i;

	(void)sig;
	(void)info;
	left.rip = (u64)gregs[REG_RIP];
	left.rsp = (u64)gregs[REG_RSP];
	left.flags = (u64)gregs[REG_EFL];
	/* Still there, below the stack pointer. */
	memcpy(&left.frame_flags, (void *)((left.rsp & ~15ULL) - FRAME_LEN + 16), sizeof(u64));
	native_wrote(&left.frame_flags, sizeof(left.frame_flags));
	for (i = 0; i < NR_REGISTERS; i++)
		left.reg[i] = (u64)gregs[reg[i]];
	siglongjmp(end, 1);
}

/* cmocka has its own handlers, which it puts back after each test. */
static void take_signals(void)
{
	struct sigaction action = {
		.sa_sigaction = take_signal, .sa_flags = SA_SIGINFO | SA_ONSTACK,
	};
	static u8 signal_stack[1 << 16];
	stack_t other = { .ss_sp = signal_stack, .ss_size = sizeof(signal_stack) };

	assert_int_equal(sigaltstack(&other, NULL), 0);
	assert_int_equal(sigaction(SIGSEGV, &action, NULL), 0);
	assert_int_equal(sigaction(SIGILL, &action, NULL), 0);
}

/* At @rip, with @flags, and a stack pointer that is @skew bytes off a multiple of 16. */
static void interrupt(const void *rip, u64 flags, u32 skew)
{
	u64 stack[STACK_LEN] __attribute__((aligned(16)));
	const u64 rsp = (u64)&stack[STACK_LEN] - skew;

	take_signals();
	memset(&left, 0, sizeof(left));
	if (!sigsetjmp(end, 1))
		test_interrupt((u64)rip, flags, rsp);
	assert_true(left.died || left.rsp == rsp);
}

static bool registers_are_kept(void)
{
	u32 i;

	for (i = 0; i < NR_REGISTERS && left.reg[i] == 100 + i; i++)
		;
	return i == NR_REGISTERS;
}

/* sti has no effect before the next instruction is done: that must be hlt. */
static void test_idle_code(void **state)
{
	static const u8 code[] = { 0xfb, 0xf4, 0xfa, 0xc3 };	/* sti, hlt, cli, ret */

	(void)state;
	assert_memory_equal((const void *)sv_idle_hlt, code, sizeof(code));
}

/* A vault at work ends, wherever it is and whatever its flags are. */
static void test_at_work(void **state)
{
	const u8 *idle = (const u8 *)sv_idle_hlt;
	const void *const places[] = { idle, idle + 1, idle + 2, test_elsewhere };
	u32 i;

	(void)state;
	sv_idle_asleep = false;
	sv_wake_count = 7;
	for (i = 0; i < 2 * ARRAY_SIZE(places); i++) {
		interrupt(places[i / 2], i & 1 ? FLAGS | FLAGS_IF : FLAGS, 0);
		assert_row(i, left.died && sv_wake_count == 7);
	}
}

/* One that sleeps wakes up: behind hlt, and with interrupts off. */
static void test_asleep(void **state)
{
	const u8 *idle = (const u8 *)sv_idle_hlt;
	const void *const places[] = { idle + 1, idle + 2 };
	u32 i;

	(void)state;
	sv_idle_asleep = true;
	sv_wake_count = 7;
	for (i = 0; i < 2 * ARRAY_SIZE(places); i++) {
		interrupt(places[i / 2], FLAGS | FLAGS_IF, i & 1 ? 8 : 0);
		assert_row(i, !left.died && left.rip == (u64)(idle + 2));
		assert_row(i, left.frame_flags == FLAGS && registers_are_kept());
		assert_row(i, sv_wake_count == 8 + i);
	}
}

/*
 * One that comes once more before it was acknowledged, where interrupts are
 * off again, changes nothing: behind hlt, in the stub, or in what acknowledges.
 */
static void test_doubled(void **state)
{
	const u8 *idle = (const u8 *)sv_idle_hlt;
	const void *const places[] = { idle, idle + 1, idle + 2, test_elsewhere };
	u32 i;

	(void)state;
	sv_idle_asleep = true;
	sv_wake_count = 7;
	for (i = 0; i < 2 * ARRAY_SIZE(places); i++) {
		interrupt(places[i / 2], FLAGS, i & 1 ? 8 : 0);
		assert_row(i, !left.died && left.rip == (u64)places[i / 2]);
		assert_row(i, left.frame_flags == FLAGS && registers_are_kept());
		assert_row(i, (left.flags & 0xcd5) == (FLAGS & 0xcd5));
		assert_row(i, sv_wake_count == 8 + i);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_idle_code),
		cmocka_unit_test(test_at_work),
		cmocka_unit_test(test_asleep),
		cmocka_unit_test(test_doubled),
	};

	return cmocka_run_group_tests_name("wake", tests, NULL, NULL);
}
