// SPDX-License-Identifier: GPL-2.0 OR MIT
/* The launcher's judgement of image files. */
#include "lib_test.h"
#include "lib_image.h"
#include "lib_tree.h"
#include "lib_verdict.h"

#include "image.h"

#include <sevault/wire.h>

#include <sys/stat.h>
#include <unistd.h>

#define DAMAGED "a damaged vault image"
#define NO_TABLE "an image for SEV-ES, yet it has no SEV-ES reset block"
#define NO_SECRET "an image for SEV-ES, yet it has no place for the owner's secret"
#define BAD_TABLE "an image for SEV-ES, yet "

struct patch {
	u32 off, value, len;
};

/* @file_len: 0: as it should be */
struct row {
	u8 mode;
	struct patch patch[3];
	u32 file_len;
	const char *says;
};

static void read_row(struct sv_image *image, const struct row *row, struct sv_verdict *v)
{
	static u8 bytes[2 * IMAGE_LEN];
	u32 i;

	memset(bytes, 0, sizeof(bytes));
	image_fill(bytes, row->mode);
	for (i = 0; i < ARRAY_SIZE(row->patch); i++)
		memcpy(bytes + row->patch[i].off, &row->patch[i].value, row->patch[i].len);
	tree_write("vault.fd", bytes, row->file_len ? row->file_len : IMAGE_LEN);
	memset(image, 0xff, sizeof(*image));
	sv_image_read(image, tree_path("vault.fd"), v);
}

static void run_rows(const struct row *rows, u32 nr)
{
	struct sv_image image;
	struct sv_verdict v;
	u32 i;

	tree_reset();
	for (i = 0; i < nr; i++) {
		read_row(&image, &rows[i], &v);
		assert_verdict(i, &v, rows[i].says);
	}
}

enum { PLAIN = SV_MODE_PLAIN, SOFT = SV_MODE_SOFT, SEV = SV_MODE_SEV_ES };

static void test_good(void **state)
{
	static const struct { struct row row; u32 cbit; bool is_debug; } rows[] = {
		{ { .mode = PLAIN }, 0, false },
		{ { .mode = PLAIN, .patch = { { IMAGE_DEBUG, 1, 1 } } }, 0, true },
		{ { .mode = SEV }, IMAGE_CBIT, false },
		{ { .mode = SEV, .patch = { { IMAGE_MARK_CBIT, 47, 1 } } }, 47, false },
		{ { .mode = SEV, .patch = { { IMAGE_DEBUG, 1, 1 } } }, IMAGE_CBIT, true },
	};
	struct sv_image image;
	struct sv_verdict v;
	u32 i;

	(void)state;
	tree_reset();
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		read_row(&image, &rows[i].row, &v);
		assert_verdict(i, &v, NULL);
		assert_row(i, image.mode == rows[i].row.mode && image.cbit == rows[i].cbit);
		assert_row(i, image.is_debug == rows[i].is_debug && image.version == 0x10203);
		assert_row(i, image.ram_len == IMAGE_RAM_LEN);
		assert_row(i, image.window_len == IMAGE_WINDOW_LEN);
		assert_row(i, image.secret_len == (image.mode == SEV ? IMAGE_SECRET_LEN : 0));
		assert_row(i, strstr(v.why, "version 1.2.3"));
		assert_row(i, !strstr(v.why, "DEBUG") == !image.is_debug);
	}
}

static void test_mark(void **state)
{
	static const struct row rows[] = {
		/* Not an image, or not all of one */
		{ PLAIN, { { 0, 'X', 1 } }, 0, "not a vault image" },
		{ PLAIN, { { 6, 'X', 1 } }, 0, "not a vault image" },
		{ PLAIN, { { 7, 'X', 1 } }, 0, "not a vault image" },
		{ PLAIN, { { 0, 0, 0 } }, 31, "not a vault image" },
		{ PLAIN, { { 0, 0, 0 } }, 8, "not a vault image" },
		{ PLAIN, { { 0, 0, 0 } }, 32, DAMAGED },
		{ PLAIN, { { 0, 0, 0 } }, IMAGE_LEN - 1, DAMAGED },
		{ PLAIN, { { 0, 0, 0 } }, IMAGE_LEN / 2, DAMAGED },
		{ PLAIN, { { 0, 0, 0 } }, IMAGE_LEN + 1, DAMAGED },
		{ PLAIN, { { 0, 0, 0 } }, 2 * IMAGE_LEN, DAMAGED },
		/* 10 */
		{ SEV, { { 0, 0, 0 } }, IMAGE_LEN - 4096, DAMAGED },
		{ PLAIN, { { IMAGE_FILE_LEN, 0, 4 } }, 0, DAMAGED },
		{ PLAIN, { { IMAGE_FILE_LEN, 70000, 4 } }, 70000, DAMAGED },
		{ PLAIN, { { IMAGE_FILE_LEN, 4096, 4 } }, 4096, DAMAGED },
		/* Of another time */
		{ PLAIN, { { IMAGE_MARK_VERSION, 0, 4 } }, 0, "of another generation" },
		{ PLAIN, { { IMAGE_MARK_VERSION, 2, 4 } }, 0, "of another generation" },
		{ PLAIN, { { IMAGE_MARK_VERSION, 0x01000000, 4 } }, 0, "of another generation" },
		{ SEV, { { IMAGE_MARK_VERSION, 0xffffffff, 4 } }, 0, "of another generation" },
		/* Modes that no image has */
		{ 0, { { 0, 0, 0 } }, 0, DAMAGED },
		{ SOFT, { { 0, 0, 0 } }, 0, DAMAGED },
		/* 20 */
		{ 4, { { 0, 0, 0 } }, 0, DAMAGED },
		{ 0xff, { { 0, 0, 0 } }, 0, DAMAGED },
		/* One of another mode cannot be made by its mode alone. */
		{ PLAIN, { { IMAGE_MODE, SEV, 1 } }, 0, DAMAGED },
		{ SEV, { { IMAGE_MODE, PLAIN, 1 } }, 0, DAMAGED },
		{ PLAIN, { { IMAGE_MODE, SEV, 1 }, { IMAGE_MARK_CBIT, 51, 1 } }, 0, NO_TABLE },
		/* C-bits */
		{ PLAIN, { { IMAGE_MARK_CBIT, 51, 1 } }, 0, DAMAGED },
		{ PLAIN, { { IMAGE_MARK_CBIT, 1, 1 } }, 0, DAMAGED },
		{ SEV, { { IMAGE_MARK_CBIT, 0, 1 } }, 0, DAMAGED },
		{ SEV, { { IMAGE_MARK_CBIT, 11, 1 } }, 0, DAMAGED },
		{ SEV, { { IMAGE_MARK_CBIT, 33, 1 } }, 0, DAMAGED },
		/* 30 */
		{ SEV, { { IMAGE_MARK_CBIT, 52, 1 } }, 0, DAMAGED },
		{ SEV, { { IMAGE_MARK_CBIT, 63, 1 } }, 0, DAMAGED },
		{ SEV, { { IMAGE_MARK_CBIT, 0xff, 1 } }, 0, DAMAGED },
		/* Sizes */
		{ PLAIN, { { IMAGE_DEBUG, 2, 1 } }, 0, DAMAGED },
		{ PLAIN, { { IMAGE_RAM, 0, 4 } }, 0, DAMAGED },
		{ PLAIN, { { IMAGE_RAM, 0x40000001, 4 } }, 0, DAMAGED },
		{ PLAIN, { { IMAGE_RAM, 0xffffffff, 4 } }, 0, DAMAGED },
		{ PLAIN, { { IMAGE_WINDOW, 0, 4 } }, 0, DAMAGED },
		{ PLAIN, { { IMAGE_WINDOW, 0x40000001, 4 } }, 0, DAMAGED },
		{ SEV, { { IMAGE_WINDOW, 0xffffffff, 4 } }, 0, DAMAGED },
	};

	(void)state;
	run_rows(rows, ARRAY_SIZE(rows));
}

static void test_table(void **state)
{
	static const struct row rows[] = {
		/* None, or none that QEMU would find */
		{ SEV, { { IMAGE_FOOTER, 0, 1 } }, 0, NO_TABLE },
		{ SEV, { { IMAGE_FOOTER + 15, 0, 1 } }, 0, NO_TABLE },
		{ SEV, { { IMAGE_TOTAL, 18, 2 } }, 0, NO_TABLE },
		{ SEV, { { IMAGE_RESET_GUID, 0, 1 } }, 0, NO_TABLE },
		{ SEV, { { IMAGE_TOTAL, 40, 2 } }, 0, NO_SECRET },	/* one entry */
		{ SEV, { { IMAGE_SECRET_GUID, 0, 1 } }, 0, NO_SECRET },
		/* Lengths that lie */
		{ SEV, { { IMAGE_TOTAL, 0, 2 } }, 0, BAD_TABLE },
		{ SEV, { { IMAGE_TOTAL, 17, 2 } }, 0, BAD_TABLE },
		{ SEV, { { IMAGE_TOTAL, 0xffff, 2 } }, 0, BAD_TABLE },
		{ SEV, { { IMAGE_TOTAL, 41, 2 } }, 0, BAD_TABLE },
		/* 10 */
		{ SEV, { { IMAGE_TOTAL, 65, 2 } }, 0, BAD_TABLE },
		{ SEV, { { IMAGE_RESET + 4, 0, 2 } }, 0, BAD_TABLE },
		{ SEV, { { IMAGE_RESET + 4, 21, 2 } }, 0, BAD_TABLE },
		{ SEV, { { IMAGE_RESET + 4, 0xffff, 2 } }, 0, BAD_TABLE },
		/* CPUs start nowhere. */
		{ SEV, { { IMAGE_RESET, 0, 4 } }, 0, BAD_TABLE },
		/* No place for the secret: none, not a page's, not in the RAM */
		{ SEV, { { IMAGE_SECRET_SIZE, 0, 4 } }, 0, NO_SECRET },
		{ SEV, { { IMAGE_SECRET_SIZE, 4097, 4 } }, 0, NO_SECRET },
		{ SEV, { { IMAGE_SECRET_SIZE, 0xffffffff, 4 } }, 0, NO_SECRET },
		{ SEV, { { IMAGE_SECRET_GPA, 0x3fd001, 4 } }, 0, NO_SECRET },
		{ SEV, { { IMAGE_SECRET_GPA, 0x3fd800, 4 } }, 0, NO_SECRET },
		/* 20 */
		{ SEV, { { IMAGE_SECRET_GPA, 0x400000, 4 } }, 0, NO_SECRET },
		{ SEV, { { IMAGE_SECRET_GPA, 0xfffff000, 4 } }, 0, NO_SECRET },
		{ SEV, { { IMAGE_RAM, 0x3fd000, 4 } }, 0, NO_SECRET },
		{ SEV, { { IMAGE_RAM, 0x3fdfff, 4 } }, 0, NO_SECRET },
		/* Smaller than what is to be in it, and above all the RAM */
		{ SEV, { { IMAGE_RAM, 1, 4 } }, 0, NO_SECRET },
		{ SEV, { { IMAGE_RAM, 1, 4 }, { IMAGE_SECRET_GPA, 0, 4 } }, 0, NO_SECRET },
		{ SEV, { { IMAGE_RAM, 4095, 4 }, { IMAGE_SECRET_GPA, 0, 4 } }, 0, NO_SECRET },
	};
	static const struct row good[] = {
		{ SEV, { { IMAGE_RAM, 0x3fe000, 4 } }, 0, NULL },
		{ SEV, { { IMAGE_SECRET_SIZE, 512, 4 } }, 0, NULL },
		/* Plain images have no table, and nobody looks for one. */
		{ PLAIN, { { IMAGE_FOOTER, 0x96b582de, 4 } }, 0, NULL },
	};

	(void)state;
	run_rows(rows, ARRAY_SIZE(rows));
	run_rows(good, ARRAY_SIZE(good));
}

/* Files that are no files, or too large to be looked at. */
static void test_files(void **state)
{
	static u8 bytes[IMAGE_LEN];
	struct patch huge = { IMAGE_FILE_LEN, (16 << 20) + IMAGE_LEN, 4 };
	struct sv_image image;
	struct sv_verdict v;

	(void)state;
	tree_reset();
	sv_image_read(&image, tree_path("vault.fd"), &v);
	assert_verdict(0, &v, "cannot read the vault image: No such file");
	tree_folder("vault.fd");
	sv_image_read(&image, tree_path("vault.fd"), &v);
	assert_verdict(1, &v, "not a vault image");
	tree_text("empty.fd", "");
	sv_image_read(&image, tree_path("empty.fd"), &v);
	assert_verdict(2, &v, "not a vault image");
	sv_image_read(&image, "/dev/null", &v);
	assert_verdict(3, &v, "not a vault image");
	sv_image_read(&image, "/dev/zero", &v);
	assert_verdict(4, &v, "not a vault image");
	assert_int_equal(image.ram_len, 0);

	image_fill(bytes, SEV);
	memcpy(bytes + huge.off, &huge.value, huge.len);
	tree_write("huge.fd", bytes, sizeof(bytes));
	assert_int_equal(truncate(tree_path("huge.fd"), huge.value), 0);
	sv_image_read(&image, tree_path("huge.fd"), &v);
	assert_verdict(5, &v, DAMAGED);
}

/* What was judged is what runs: the file may change, the copy cannot. */
static void test_take(void **state)
{
	static u8 bytes[IMAGE_LEN], copy[IMAGE_LEN + 1];
	struct sv_image image;
	struct sv_verdict v;
	int fd;

	(void)state;
	tree_reset();
	assert_int_equal(sv_image_take(&image, tree_path("none"), &v), -1);
	assert_verdict(0, &v, "cannot read the vault image: No such file");
	tree_folder("folder");
	assert_int_equal(sv_image_take(&image, tree_path("folder"), &v), -1);
	assert_verdict(1, &v, "not a vault image");
	assert_int_equal(mkfifo(tree_path("pipe"), 0644), 0);
	assert_int_equal(sv_image_take(&image, tree_path("pipe"), &v), -1);
	assert_verdict(2, &v, "not a vault image");

	image_fill(bytes, SEV);
	tree_write("vault.fd", bytes, sizeof(bytes));
	fd = sv_image_take(&image, tree_path("vault.fd"), &v);
	assert_verdict(3, &v, NULL);
	assert_true(fd >= 0 && image.ram_len == IMAGE_RAM_LEN);
	tree_text("vault.fd", "another image");
	assert_int_equal(pread(fd, copy, sizeof(copy), 0), IMAGE_LEN);
	assert_memory_equal(copy, bytes, IMAGE_LEN);
	assert_int_equal(pwrite(fd, "x", 1, 0), -1);
	assert_int_equal(ftruncate(fd, 0), -1);
	close(fd);
}

/* Root starts no image that others can write. */
static void test_take_trust(void **state)
{
	static const struct { mode_t mode; uid_t owner; bool ok; } rows[] = {
		{ 0644, 0, true }, { 0400, 0, true },
		{ 0664, 0, false }, { 0646, 0, false }, { 0644, 1234, false },
	};
	static u8 bytes[IMAGE_LEN];
	struct sv_image image;
	struct sv_verdict v;
	int fd;
	u32 i;

	(void)state;
	if (geteuid())
		skip();
	image_fill(bytes, PLAIN);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		tree_reset();
		tree_write("vault.fd", bytes, sizeof(bytes));
		assert_row(i, !chown(tree_path("vault.fd"), rows[i].owner, 0));
		assert_row(i, !chmod(tree_path("vault.fd"), rows[i].mode));
		fd = sv_image_take(&image, tree_path("vault.fd"), &v);
		assert_verdict(i, &v, rows[i].ok ? NULL : "others than root can write it");
		assert_row(i, (fd >= 0) == rows[i].ok);
		if (fd >= 0)
			close(fd);
	}
}

static void test_mode_names(void **state)
{
	static const struct { const char *name; u32 mode; } rows[] = {
		{ "plain", PLAIN }, { "sev-es", SEV },
		{ "", 0 }, { "soft", 0 }, { "Plain", 0 }, { "plain ", 0 }, { "sev", 0 },
		{ "sev-es2", 0 }, { "sev_es", 0 }, { "sev-snp", 0 }, { "1", 0 },
	};
	u32 i, mode;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++)
		assert_row(i, sv_image_mode_from_name(rows[i].name) == rows[i].mode);
	for (mode = 0; mode < 256; mode++)
		assert_row(mode, !sv_image_mode_name(mode) == (mode != PLAIN && mode != SEV));
	assert_string_equal(sv_image_mode_name(PLAIN), "plain");
	assert_string_equal(sv_image_mode_name(SEV), "sev-es");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_mark),
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_take),
		cmocka_unit_test(test_take_trust),
		cmocka_unit_test(test_mode_names),
	};

	return cmocka_run_group_tests_name("image", tests, NULL, tree_teardown);
}
