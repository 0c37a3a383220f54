// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "mmu.h"

#include <mach.h>
#include "die.h"
#include "layout.h"

/* AMD64 APM volume 2, section 5.4. Accessed and dirty are preset. */
#define PTE_P (1ULL << 0)
#define PTE_W (1ULL << 1)
#define PTE_UC (1ULL << 3 | 1ULL << 4)
#define PTE_AD (1ULL << 5 | 1ULL << 6)
#define PTE_LARGE (1ULL << 7)
#define PTE_NX (1ULL << 63)
#define PTE_PRIVATE ((u64)SV_MACH_PTE_PRIVATE << 32)
#define PTE_ADDR 0x000ffffffffff000ULL

#define MAP_RX (PTE_P | PTE_AD | PTE_PRIVATE)
#define MAP_R (MAP_RX | PTE_NX)
#define MAP_RW (MAP_R | PTE_W)
#define MAP_SHARED (MAP_RW & ~PTE_PRIVATE)
#define MAP_DEVICE (MAP_SHARED | PTE_UC)

enum {
	NR_ENTRIES = 512,
	NR_TABLES = 12,
	LEVEL_4K = 0,
	LEVEL_2M = 1,
	LEVEL_TOP = 3,
};

/* In a section that the final tables leave out. */
static u64 tables[NR_TABLES][NR_ENTRIES]
	__attribute__((section(".pagetables"), aligned(SV_PAGE_LEN)));
static unsigned int nr_used;

extern u8 __rodata_start[], __rodata_end[], __text_start[], __text_end[];
extern u8 __tables_start[], __tables_end[], __die_stack_start[],
	__die_stack_end[], __stack_start[], __stack_end[], __data_start[],
	__data_end[];

/* Private RAM only. */
static u64 ram_pa(const void *va)
{
	return (u64)va - SV_RAM_VA + SV_RAM_PA;
}

static u64 *ram_va(u64 pa)
{
	return (u64 *)(pa - SV_RAM_PA + SV_RAM_VA);
}

static u64 *take_table(void)
{
	if (nr_used == NR_TABLES)
		sv_die(SV_DEATH_BUG);
	return tables[nr_used++];
}

static void map_one(u64 *top, u64 va, u64 pa, u64 flags, int level)
{
	u64 *table = top, *entry;
	int l;

	for (l = LEVEL_TOP; l > level; l--) {
		entry = &table[va >> (12 + 9 * l) & (NR_ENTRIES - 1)];
		if (!*entry)
			*entry = ram_pa(take_table()) | PTE_P | PTE_W | PTE_AD;
		table = ram_va(*entry & PTE_ADDR);
	}
	table[va >> (12 + 9 * level) & (NR_ENTRIES - 1)] = pa | flags;
}

static void map_range(u64 *top, u64 va, u64 pa, u64 len, u64 flags)
{
	u64 off;

	for (off = 0; off < len; off += SV_PAGE_LEN)
		map_one(top, va + off, pa + off, flags, LEVEL_4K);
}

static void map_rom(u64 *top, const u8 *start, const u8 *end, u64 flags)
{
	map_range(top, (u64)start, (u64)start - SV_ROM_VA + SV_ROM_PA,
		  (u64)(end - start), flags);
}

static void map_ram(u64 *top, const u8 *start, const u8 *end, u64 flags)
{
	map_range(top, (u64)start, ram_pa(start), (u64)(end - start), flags);
}

static const struct sv_mmu_range ranges[] = SV_MACH_RANGES;

static void map_machine(u64 *top)
{
	static const u64 flags[] = {
		[SV_MMU_PRIVATE] = MAP_RW,
		[SV_MMU_SHARED] = MAP_SHARED,
		[SV_MMU_DEVICE] = MAP_DEVICE,
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(ranges); i++)
		map_range(top, ranges[i].va, ranges[i].pa, ranges[i].len, flags[ranges[i].kind]);
}

static void share_machine(void)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(ranges); i++)
		if (ranges[i].kind == SV_MMU_SHARED)
			sv_mach_share(ranges[i].va, ranges[i].len);
}

void sv_mmu_init(u64 window_pa, u64 window_len)
{
	u64 *top = take_table();
	u64 off, large = 1ULL << 21;

	map_rom(top, __rodata_start, __rodata_end, MAP_R);
	map_rom(top, __text_start, __text_end, MAP_RX);
	map_ram(top, __tables_start, __tables_end, MAP_R);
	map_ram(top, __die_stack_start, __die_stack_end, MAP_RW);
	map_ram(top, __stack_start, __stack_end, MAP_RW);
	map_ram(top, __data_start, __data_end, MAP_RW);
	map_machine(top);
	for (off = 0; off < window_len; off += large)
		map_one(top, window_pa + off, window_pa + off,
			MAP_SHARED | PTE_LARGE, LEVEL_2M);
	sv_mach_set_tables(ram_pa(top));
	share_machine();
	sv_mach_share(window_pa, window_len);
}
