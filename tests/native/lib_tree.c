// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "lib_tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NR_PATHS = 4 };

static char top[64];
static int real_stderr = -1;

static void must(bool ok, const char *what)
{
	if (ok)
		return;
	perror(what);
	abort();
}

/* Links are removed, not followed. */
static void empty(const char *folder)
{
	char path[TREE_PATH_LEN];
	DIR *d = opendir(folder);
	struct dirent *e;

	must(d, folder);
	while ((e = readdir(d))) {
		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
			continue;
		must((size_t)snprintf(path, sizeof(path), "%s/%s", folder, e->d_name) <
		     sizeof(path), folder);
		if (!unlink(path))
			continue;
		must(errno == EISDIR, path);
		empty(path);
		must(!rmdir(path), path);
	}
	closedir(d);
}

void tree_reset(void)
{
	if (!top[0]) {
		snprintf(top, sizeof(top), "/tmp/sevault-native-XXXXXX");
		must(mkdtemp(top), "mkdtemp");
	}
	empty(top);
}

void tree_remove(void)
{
	if (!top[0])
		return;
	tree_reset();
	must(!rmdir(top), top);
	top[0] = '\0';
}

int tree_teardown(void **state)
{
	(void)state;
	tree_remove();
	return 0;
}

const char *tree_path(const char *name)
{
	static char paths[NR_PATHS][TREE_PATH_LEN];
	static unsigned int next;
	char *path = paths[next++ % NR_PATHS];

	snprintf(path, TREE_PATH_LEN, "%s/%s", top, name);
	return path;
}

/* All folders on the way to @path, itself not included. */
static void make_way(const char *path)
{
	char way[TREE_PATH_LEN];
	char *slash;

	snprintf(way, sizeof(way), "%s", path);
	for (slash = strchr(way + strlen(top) + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		must(!mkdir(way, 0755) || errno == EEXIST, way);
		*slash = '/';
	}
}

void tree_write(const char *name, const void *bytes, size_t len)
{
	const char *path = tree_path(name);
	int fd;

	make_way(path);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	must(fd >= 0, path);
	must(write(fd, bytes, len) == (ssize_t)len, path);
	close(fd);
}

void tree_text(const char *name, const char *text)
{
	tree_write(name, text, strlen(text));
}

void tree_folder(const char *name)
{
	const char *path = tree_path(name);

	make_way(path);
	must(!mkdir(path, 0755) || errno == EEXIST, path);
}

void tree_listen(void)
{
	int fd = open(tree_path("stderr"), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	must(fd >= 0, "stderr");
	fflush(stderr);
	real_stderr = dup(STDERR_FILENO);
	dup2(fd, STDERR_FILENO);
	close(fd);
}

void tree_heard(char *text, size_t size)
{
	ssize_t len;
	int fd;

	fflush(stderr);
	dup2(real_stderr, STDERR_FILENO);
	close(real_stderr);
	fd = open(tree_path("stderr"), O_RDONLY | O_CLOEXEC);
	len = fd < 0 ? -1 : read(fd, text, size - 1);
	must(len >= 0, "stderr");
	text[len] = '\0';
	close(fd);
}
