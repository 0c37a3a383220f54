// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * sevault-soft: the vault core as an ordinary process on the module's device.
 * Protects nothing; for trying the system and for tests.
 */
#include "attach.h"
#include "options.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>

enum {
	ALIVE_CHECK_MS = 1000,	/* how often a sleeping vault looks whether it was given up */
};

static volatile sig_atomic_t stop_wanted;
static int stop_fd = -1;

struct soft {
	struct sv_options options;
	struct sv_frontend dev;
	struct sv_arena *arena;
	u32 spin_us;	/* look for work so long before sleeping */
};

static void handle_stop(int sig)
{
	int saved = errno;

	(void)sig;
	stop_wanted = 1;
	/* Also ends a poll() that starts only after this handler. */
	eventfd_write(stop_fd, 1);
	errno = saved;
}

static enum sv_exit catch_signals(void)
{
	static const int stop_signals[] = { SIGTERM, SIGINT, SIGHUP };
	struct sigaction action = { .sa_handler = handle_stop };
	size_t i;

	stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (stop_fd < 0)
		return sv_fail(SV_EXIT_FAILURE, NULL, "eventfd: %s", strerror(errno));
	for (i = 0; i < ARRAY_SIZE(stop_signals); i++)
		if (sigaction(stop_signals[i], &action, NULL))
			return sv_fail(SV_EXIT_FAILURE, NULL, "sigaction: %s", strerror(errno));
	return SV_EXIT_OK;
}

static enum sv_exit pin_cpu(int cpu)
{
	cpu_set_t set;

	if (cpu < 0)
		return SV_EXIT_OK;
	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		return sv_fail(SV_EXIT_USAGE, "lscpu --extended, then pass one of its CPUs",
			       "--cpu: cannot run on CPU %d: %s", cpu, strerror(errno));
	return SV_EXIT_OK;
}

static void warn(void)
{
	sv_say("*** THIS IS NOT A VAULT: an ordinary process, it PROTECTS NOTHING. ***");
	sv_say("*** Keys lie in this process's memory, readable for root and the kernel. ***");
	sv_say("*** For trials and tests only. ***");
}

static void kick_queues(struct soft *s, u32 kick)
{
	u32 bells = 0;

	for (; kick; kick &= kick - 1)
		bells |= 1U << sv_bell_of((u32)__builtin_ctz(kick));
	for (; bells; bells &= bells - 1) {
		sv_frontend_ring(&s->dev, (u32)__builtin_ctz(bells));
		s->arena->server.worker.kicks++;
	}
}

static u64 now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (u64)ts.tv_sec * 1000000 + (u64)ts.tv_nsec / 1000;
}

static enum sv_exit check_alive(struct soft *s)
{
	if (!sv_server_is_given_up(&s->arena->server))
		return SV_EXIT_OK;
	return sv_fail(SV_EXIT_DEVICE_GONE,
		       "dmesg | grep sevault; then start sevault-soft again",
		       "%s: the host gave this vault up", s->dev.path);
}

/* Wait for a request, a signal or the end of the device. Armed before. */
static enum sv_exit sleep_until_event(struct soft *s)
{
	struct pollfd fds[] = {
		{ .fd = s->dev.call_fd, .events = POLLIN },
		{ .fd = stop_fd, .events = POLLIN },
	};
	struct sv_vault_worker *worker = &s->arena->server.worker;
	eventfd_t count;
	int n;

	worker->sleeps++;
	n = poll(fds, ARRAY_SIZE(fds), ALIVE_CHECK_MS);
	if (n < 0 && errno != EINTR)
		return sv_fail(SV_EXIT_FAILURE, NULL, "poll: %s", strerror(errno));
	if (n > 0 && (fds[0].revents & POLLIN) && !eventfd_read(s->dev.call_fd, &count))
		worker->wakeups++;
	return check_alive(s);
}

static enum sv_exit go_idle(struct soft *s)
{
	struct sv_server *server = &s->arena->server;
	enum sv_exit ret = SV_EXIT_OK;
	bool has_work;
	u32 kick;

	has_work = sv_server_arm(server, &kick);
	kick_queues(s, kick);
	if (!has_work)
		ret = sleep_until_event(s);
	sv_server_disarm(server);
	return ret;
}

/* Serve until told to stop. Returns why. */
static enum sv_exit serve(struct soft *s)
{
	struct sv_server *server = &s->arena->server;
	u64 idle_since = now_us();
	enum sv_exit ret;
	u32 kick;
	int n;

	while (!stop_wanted) {
		n = sv_server_poll(server, &kick);
		kick_queues(s, kick);
		if (n == SV_SERVER_BROKEN)
			return sv_fail(SV_EXIT_BROKEN, "dmesg | grep sevault, and report a bug",
				       "%s: the host broke the ring protocol",
				       s->dev.path);
		if (n > 0) {
			idle_since = 0;
			continue;
		}
		if (!idle_since)
			idle_since = now_us();
		if (now_us() - idle_since < s->spin_us) {
			cpu_relax();
			continue;
		}
		ret = go_idle(s);
		if (ret)
			return ret;
		idle_since = 0;
	}
	sv_say("stopped by a signal");
	return SV_EXIT_OK;
}

static enum sv_exit start(struct soft *s)
{
	enum sv_exit ret;

	warn();
	ret = catch_signals();
	if (ret)
		return ret;
	ret = pin_cpu(s->options.cpu);
	if (ret)
		return ret;
	ret = sv_arena_harden();
	if (ret)
		return ret;
	ret = sv_arena_create(&s->arena);
	if (ret)
		return ret;
	ret = sv_attach_engines(s->arena);
	if (ret)
		return ret;
	ret = sv_attach_device(&s->dev, s->arena, s->options.device, &s->spin_us);
	if (ret)
		return ret;
	if (s->options.spin_us >= 0)
		s->spin_us = (u32)s->options.spin_us;
	sv_say("serving %s", s->options.device);
	return SV_EXIT_OK;
}

int main(int argc, char **argv)
{
	struct soft s = { .dev = { .fd = -1 } };
	enum sv_exit ret;

	ret = sv_options_parse(&s.options, argc, argv);
	if (ret || s.options.is_done)
		return ret;

	ret = start(&s);
	if (!ret)
		ret = serve(&s);
	/* Keys go before the device does: nobody may see a half-closed vault. */
	sv_arena_destroy(s.arena);
	sv_say("keys wiped");
	sv_frontend_close(&s.dev);
	return ret;
}
