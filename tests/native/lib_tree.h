/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * A folder of files for the launcher to look at, and what it says about them.
 */
#ifndef NATIVE_LIB_TREE_H
#define NATIVE_LIB_TREE_H

#include <stdbool.h>
#include <stddef.h>

enum { TREE_PATH_LEN = 256 };

/* Make the folder, whose path does not change, or empty it. */
void tree_reset(void);
void tree_remove(void);

/* tree_remove() as cmocka wants a group's teardown. */
int tree_teardown(void **state);

/* "/tmp/.../@name" in memory that the next but three calls reuse. */
const char *tree_path(const char *name);

/* Put @len bytes into file @name; folders on the way are made. */
void tree_write(const char *name, const void *bytes, size_t len);
void tree_text(const char *name, const char *text);
void tree_folder(const char *name);

/* Standard error goes to a file of the tree; what was said is put into @text. */
void tree_listen(void);
void tree_heard(char *text, size_t size);

#endif /* NATIVE_LIB_TREE_H */
