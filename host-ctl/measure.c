// SPDX-License-Identifier: GPL-2.0 OR MIT
/* sevault-measure: the launch digest of an image, offline. See docs/sevault-measure.1. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "digest.h"
#include "image.h"

enum {
	IMAGE_MAX = 16 << 20,
	HEX_LEN = 2 * SV_DIGEST_LEN + 1,
	EXIT_IMAGE = 4,
};

struct request {
	const char *path;
	const char *cpu;
	const char *profile;
	struct sv_digest_params params;
	bool json;
};

struct image {
	u8 *bytes;
	size_t len;
	struct sv_guid_table table;
	struct sv_image mark;
	bool has_mark;
};

static const char usage_text[] =
	"usage: sevault-measure [--cpu MODEL] [--vcpus N] [--profile NAME] [--sev] [--json] IMAGE\n"
	"\n"
	"Print the launch digest that a secure processor computes when QEMU starts IMAGE\n"
	"as a SEV-ES guest, one for each way in which kernels and QEMUs do that.\n"
	"\n"
	"  --cpu MODEL      QEMU's CPU model, such as EPYC or EPYC-Milan, or its signature\n"
	"                   (CPUID 1, EAX) such as 0x800f12; default EPYC\n"
	"  --vcpus N        number of CPUs of the guest, 1 to 512; default 1\n"
	"  --profile NAME   only this one: legacy, legacy+debugswap, init2, init2+debugswap\n"
	"  --sev            of a SEV guest: the image alone, CPUs are not measured\n"
	"  --json           machine-readable\n"
	"  --help           this text\n"
	"\n"
	"Exit status: 0 done, 2 wrong usage, 4 the image cannot be measured.\n";

static int usage_error(const char *why, const char *what)
{
	sv_say("%s%s", why, what);
	sv_say("next: sevault-measure --help");
	return SV_EXIT_USAGE;
}

static int image_error(const char *path, const char *why, const char *next)
{
	sv_say("%s: %s", path, why);
	sv_say("next: %s", next);
	return EXIT_IMAGE;
}

static void to_hex(const u8 *bytes, size_t len, char *text)
{
	size_t i;

	for (i = 0; i < len; i++)
		snprintf(text + 2 * i, 3, "%02x", bytes[i]);
}

/* Read until the end of the file or one byte more than an image may have: NULL, or why not. */
static const char *read_all(struct image *image, int fd)
{
	ssize_t n;

	image->bytes = malloc(IMAGE_MAX + 1);
	if (!image->bytes)
		return "no memory for it";
	do {
		n = read(fd, image->bytes + image->len, IMAGE_MAX + 1 - image->len);
		if (n < 0)
			return strerror(errno);
		image->len += (size_t)n;
	} while (n);
	return image->len && image->len <= IMAGE_MAX ? NULL : "empty, or larger than 16 MiB";
}

static const char *read_image(struct image *image, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	const char *why;

	if (fd < 0)
		return strerror(errno);
	why = read_all(image, fd);
	close(fd);
	return why;
}

static int load(struct image *image, const char *path)
{
	struct sv_verdict v;
	const char *why = read_image(image, path);

	if (why)
		return image_error(path, why, "give the firmware image that QEMU gets with -bios");
	why = sv_guid_parse(&image->table, image->bytes, image->len);
	if (why)
		return image_error(path, why, "build or install the image again");
	sv_image_read(&image->mark, path, &v);
	image->has_mark = v.ok;
	return 0;
}

static void print_facts(const struct image *image, const struct request *r)
{
	const struct sv_image *mark = &image->mark;
	char text[SV_GUID_TEXT_LEN];
	unsigned int i;

	printf("image      %s, %zu bytes\n", r->path, image->len);
	if (image->has_mark)
		printf("vault      mode %s%s, version %u.%u.%u, C-bit %u\n",
		       sv_image_mode_name(mark->mode), mark->is_debug ? ", DEBUG" : "",
		       mark->version >> 16, mark->version >> 8 & 0xff, mark->version & 0xff,
		       mark->cbit);
	for (i = 0; i < image->table.nr; i++) {
		const struct sv_guid_entry *e = &image->table.entry[i];
		const char *name = sv_guid_name(e->guid);

		sv_guid_text(e->guid, text);
		printf("entry      %s %s, %zu bytes at %#zx\n", text, name ? name : "(unknown)",
		       e->len, e->offset);
	}
	if (image->table.has_reset)
		printf("reset      %#x\n", image->table.reset);
	if (image->table.has_secret)
		printf("secret     %u bytes at %#x\n", image->table.secret_len,
		       image->table.secret_gpa);
	if (r->params.es)
		printf("cpus       %u, model %s, signature %#x\n", r->params.nr_cpus, r->cpu,
		       r->params.signature);
}

static json_object *table_json(const struct sv_guid_table *table)
{
	json_object *list = json_object_new_array(), *item;
	char text[SV_GUID_TEXT_LEN];
	unsigned int i;

	for (i = 0; i < table->nr; i++) {
		const struct sv_guid_entry *e = &table->entry[i];

		sv_guid_text(e->guid, text);
		item = json_object_new_object();
		json_object_object_add(item, "guid", json_object_new_string(text));
		if (sv_guid_name(e->guid))
			json_object_object_add(item, "name",
					       json_object_new_string(sv_guid_name(e->guid)));
		json_object_object_add(item, "offset", json_object_new_int64((s64)e->offset));
		json_object_object_add(item, "length", json_object_new_int64((s64)e->len));
		json_object_array_add(list, item);
	}
	return list;
}

static json_object *facts_json(const struct image *image, const struct request *r)
{
	json_object *o = json_object_new_object();
	const struct sv_guid_table *t = &image->table;

	json_object_object_add(o, "image", json_object_new_string(r->path));
	json_object_object_add(o, "length", json_object_new_int64((s64)image->len));
	if (image->has_mark) {
		const char *mode = sv_image_mode_name(image->mark.mode);

		json_object_object_add(o, "mode", json_object_new_string(mode));
	}
	json_object_object_add(o, "table", table_json(t));
	if (t->has_reset)
		json_object_object_add(o, "reset", json_object_new_int64(t->reset));
	if (t->has_secret) {
		json_object_object_add(o, "secret-gpa", json_object_new_int64(t->secret_gpa));
		json_object_object_add(o, "secret-length", json_object_new_int64(t->secret_len));
	}
	if (r->params.es) {
		json_object_object_add(o, "cpu", json_object_new_string(r->cpu));
		json_object_object_add(o, "signature", json_object_new_int64(r->params.signature));
		json_object_object_add(o, "vcpus", json_object_new_int64(r->params.nr_cpus));
	}
	return o;
}

static bool is_wanted(const struct request *r, enum sv_vmsa_profile profile)
{
	return !r->profile || !strcmp(r->profile, sv_vmsa_profile_name(profile));
}

/* One digest to @digests, or to standard output if that is NULL. */
static const char *digest_one(const struct image *image, const struct sv_digest_params *params,
			      const char *name, json_object *digests)
{
	u8 digest[SV_DIGEST_LEN];
	char hex[HEX_LEN];
	const char *why = sv_digest_compute(digest, image->bytes, image->len, &image->table,
					    params);

	if (why)
		return why;
	to_hex(digest, sizeof(digest), hex);
	if (digests)
		json_object_object_add(digests, name, json_object_new_string(hex));
	else
		printf("%-17s%s\n", name, hex);
	return NULL;
}

static const char *digest_all(const struct image *image, const struct request *r,
			      json_object *digests)
{
	struct sv_digest_params params = r->params;
	const char *why = NULL;

	if (!params.es)
		return digest_one(image, &params, "sev", digests);
	for (params.profile = 0; params.profile < SV_VMSA_NR_PROFILES && !why; params.profile++)
		if (is_wanted(r, params.profile))
			why = digest_one(image, &params, sv_vmsa_profile_name(params.profile),
					 digests);
	return why;
}

static int measure(const struct request *r)
{
	static struct image image;
	json_object *facts, *digests;
	const char *why;
	int rc = load(&image, r->path);

	if (rc)
		return rc;
	if (!r->json) {
		print_facts(&image, r);
		why = digest_all(&image, r, NULL);
	} else {
		facts = facts_json(&image, r);
		digests = json_object_new_object();
		json_object_object_add(facts, "digests", digests);
		why = digest_all(&image, r, digests);
		if (!why)
			puts(json_object_to_json_string_ext(facts, JSON_C_TO_STRING_PRETTY |
							    JSON_C_TO_STRING_NOSLASHESCAPE));
		json_object_put(facts);
	}
	free(image.bytes);
	return why ? image_error(r->path, why, "use the SEV-ES image, or --sev") : SV_EXIT_OK;
}

static bool parse_cpus(const char *text, unsigned int *nr)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	*nr = (unsigned int)n;
	return *text >= '0' && *text <= '9' && !*end && n >= 1 && n <= SV_DIGEST_CPUS_MAX;
}

/* The values of @r as the digest needs them; 0, or a usage error. */
static int judge(struct request *r, const char *cpus)
{
	struct sv_digest_params *p = &r->params;

	if (!parse_cpus(cpus, &p->nr_cpus))
		return usage_error("--vcpus is no number from 1 to 512: ", cpus);
	p->signature = sv_vmsa_signature(r->cpu);
	if (!p->signature)
		return usage_error("no such CPU model or signature; models: ", sv_vmsa_models());
	if (r->profile && sv_vmsa_profile_from_name(r->profile) == SV_VMSA_NR_PROFILES)
		return usage_error("no such profile: ", r->profile);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "cpu", required_argument, NULL, 'c' },
		{ "vcpus", required_argument, NULL, 'n' },
		{ "profile", required_argument, NULL, 'p' },
		{ "sev", no_argument, NULL, 's' },
		{ "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	struct request r = { .cpu = "EPYC", .params = { .es = true } };
	const char *cpus = "1";
	int c, rc;

	opterr = 0;
	while ((c = getopt_long(argc, argv, "", options, NULL)) >= 0) {
		switch (c) {
		case 'c': r.cpu = optarg; break;
		case 'n': cpus = optarg; break;
		case 'p': r.profile = optarg; break;
		case 's': r.params.es = false; break;
		case 'j': r.json = true; break;
		case 'h':
			fputs(usage_text, stdout);
			return SV_EXIT_OK;
		default:
			return usage_error("unknown option, or an option without its value", "");
		}
	}
	if (argc - optind != 1)
		return usage_error("give one image", "");
	r.path = argv[optind];
	rc = judge(&r, cpus);
	return rc ? rc : measure(&r);
}
