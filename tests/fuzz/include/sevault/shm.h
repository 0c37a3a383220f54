/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * The accessors of shared memory, with a peer that acts after every read: what
 * was copied changes behind the back of the code under test. Found before
 * include/sevault/shm.h on the include path of the fuzzers.
 */
#ifndef FUZZ_SEVAULT_SHM_H
#define FUZZ_SEVAULT_SHM_H

#define sv_shm_read sv_shm_read_alone
#define sv_shm_load16 sv_shm_load16_alone
#include_next <sevault/shm.h>
#undef sv_shm_read
#undef sv_shm_load16

/* Provided by lib_fuzz.c. */
void fuzz_peer_acts(void);

static inline void sv_shm_read(void *dst, const void __shared *src, size_t n)
{
	sv_shm_read_alone(dst, src, n);
	fuzz_peer_acts();
}

static inline u16 sv_shm_load16(const __le16 __shared *p)
{
	u16 v = sv_shm_load16_alone(p);

	fuzz_peer_acts();
	return v;
}

#endif /* FUZZ_SEVAULT_SHM_H */
