/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * The protocol between the host module (virtio device) and the vault (virtio
 * driver): everything that crosses the boundary is in this file.
 * docs/protocol.md tells the same in prose.
 *
 * All integers are little endian. Reserved bytes are zero and checked. Neither
 * side trusts the other: a field is copied once and the copy is judged.
 */
#ifndef SEVAULT_WIRE_H
#define SEVAULT_WIRE_H

#include <port.h>

enum {
	SV_VERSION_MAJOR = 2,	/* differs: neither side takes the other */
	SV_VERSION_MINOR = 0,	/* differs: new ops only, see sv_hello.ops */
};

enum {
	SV_VIRTIO_ID = 19,		/* virtio vsock's; the board tells us apart */
	SV_BOARD_MAGIC = 0x44425653,	/* "SVBD" */
	SV_CONFIG_MAGIC = 0x544c5653,	/* "SVLT" */

	SV_VIRTIO_F_EVENT_IDX = 29,
	SV_VIRTIO_F_VERSION_1 = 32,
	SV_VIRTIO_F_ACCESS_PLATFORM = 33,
};

/* The vault accepts exactly these. */
#define SV_VIRTIO_FEATURES ((1ULL << SV_VIRTIO_F_EVENT_IDX) | \
			    (1ULL << SV_VIRTIO_F_VERSION_1) | \
			    (1ULL << SV_VIRTIO_F_ACCESS_PLATFORM))

/* The host module sees these: ACCESS_PLATFORM stays between the vault and QEMU. */
#define SV_VHOST_FEATURES (SV_VIRTIO_FEATURES & ~(1ULL << SV_VIRTIO_F_ACCESS_PLATFORM))

/*
 * The shared window: the board, rings and slots live here and nothing else
 * does. It is a memory device of its own, so that the vault's private memory is
 * never mapped for the host module.
 */
#define SV_WINDOW_GPA 0x100000000ULL
#define SV_WINDOW_LEN 0x400000ULL

/* What the host says of itself. */
struct sv_config {
	__le32 magic;
	__le16 version_major;
	__le16 version_minor;
	__le64 window_gpa;
	__le32 window_len;
	__le16 nr_data_pairs;	/* at most this many data pairs are served */
	__le16 reserved;
	__le32 poll_us;		/* how long the host polls before it sleeps; 0: it does not */
	__le32 tsc_khz;		/* rate of the time stamp counter, to measure that by */
};

static_assert(sizeof(struct sv_config) == 32, "sv_config");

/*
 * The board is the first page of the window. Before DRIVER_OK the vault writes
 * struct sv_board at its start. The host judges it and answers with struct
 * sv_config at SV_BOARD_ANSWER before the vault's write of DRIVER_OK returns;
 * if no answer is there, the host has not taken the vault. A host of another
 * version answers too, so that the vault can say what is wrong.
 *
 * The device's own virtqueues are doorbells and nothing else: 0 rings for the
 * admin pair, 1 for all data pairs, in both directions. What a virtqueue needs
 * as rings lies at SV_BOARD_RINGS and stays empty.
 */
enum {
	SV_BELL_ADMIN = 0,
	SV_BELL_DATA = 1,
	SV_NR_BELLS = 2,

	SV_BOARD_ANSWER = 2048,
	SV_BOARD_RINGS = 3072,
	SV_BOARD_RING_LEN = 256,	/* for each bell: descriptors, available, used */
	SV_BOARD_RING_NUM = 2,
	SV_BOARD_LEN = 4096,
};

/*
 * Queue pair p is virtqueue 2p (request) and 2p + 1 (response). Pair 0 is the
 * admin pair, pairs 1..N carry data, one per vault vCPU.
 *
 * Descriptor i of both queues of a pair describes slot i of that pair: one
 * buffer in the window, SV_VRING_DESC_F_WRITE, no chains. The vault writes
 * all descriptors before DRIVER_OK and never again; the host reads and judges
 * them once, then.
 *
 * A slot belongs to exactly one side, and the ring in which it sits says to
 * which:
 *
 *   request.avail   the host may take it and fill it in
 *   request.used    the vault works on it, in place
 *   response.avail  the host may read the answer
 *   response.used   the vault may offer it again on request.avail
 */
enum {
	SV_PAIR_ADMIN = 0,
	SV_PAIR_DATA = 1,		/* first data pair */
	SV_MAX_DATA_PAIRS = 8,
	SV_MAX_PAIRS = SV_PAIR_DATA + SV_MAX_DATA_PAIRS,

	SV_SLOT_ALIGN = 64,
	SV_SLOT_HDR_LEN = 64,
	SV_MAX_SLOTS = 64,		/* of one pair */

	/* The layout that the vault chooses (core/window.c). */
	SV_ADMIN_NUM = 4,		/* queue size and slots */
	SV_ADMIN_SLOT_LEN = 4096,
	SV_DATA_NUM = 64,		/* queue size */
	SV_DATA_SLOTS = 56,
	SV_DATA_SLOT_LEN = 0x11000,	/* 64 KiB of text, the rest for aad and tag */

	/* What the host accepts as the length of a data slot. */
	SV_DATA_SLOT_MIN = 0x2000,
	SV_DATA_SLOT_MAX = SV_DATA_SLOT_LEN,

	SV_TEXT_MAX = 65536,		/* bytes of text in one request */
	SV_IV_LEN = 16,
};

/* Where the parts of a virtqueue are: offsets into the window. */
struct sv_board_queue {
	__le32 desc;
	__le32 avail;
	__le32 used;
	__le32 num;
};

struct sv_board {
	__le32 magic;			/* SV_BOARD_MAGIC */
	__le16 version_major;
	__le16 version_minor;
	__le16 nr_pairs;		/* with the admin pair */
	__le16 reserved[3];
	struct sv_board_queue queue[2 * SV_MAX_PAIRS];	/* zero from 2 * nr_pairs on */
};

static_assert(sizeof(struct sv_board) == 16 + 32 * SV_MAX_PAIRS, "sv_board");
static_assert(sizeof(struct sv_board) <= SV_BOARD_ANSWER, "sv_board");

/* The bell that rings for a virtqueue. */
static inline u32 sv_bell_of(u32 queue)
{
	return queue / 2 == SV_PAIR_ADMIN ? SV_BELL_ADMIN : SV_BELL_DATA;
}

enum sv_op {
	/* admin pair */
	SV_OP_HELLO = 1,	/* data: sv_hello in, sv_hello out */
	SV_OP_SELFTEST = 2,	/* data out: sv_selftest */
	SV_OP_COUNTERS = 3,	/* data out: sv_counters */
	SV_OP_KEY_LOAD = 8,	/* data in: sv_key_load; key_id out */
	SV_OP_KEY_DROP = 9,	/* key_id in */

	/* data pairs; data area: aad, text, tag, without gaps */
	SV_OP_ECB_ENC = 32,
	SV_OP_ECB_DEC = 33,
	SV_OP_CBC_ENC = 34,
	SV_OP_CBC_DEC = 35,
	SV_OP_CTR = 36,
	SV_OP_XTS_ENC = 37,
	SV_OP_XTS_DEC = 38,
	SV_OP_GCM_SEAL = 39,	/* aad, text in; text, tag out */
	SV_OP_GCM_OPEN = 40,	/* aad, text, tag in; text out */
	SV_OP_END
};

/* What decides how either side treats a request, whatever the op does. */
enum sv_op_fact {
	SV_OP_F_ADMIN = 1,	/* for the admin pair; the answer has a length of its own */
	SV_OP_F_SECRET = 2,	/* data in holds a key: the area is wiped, whatever the answer */
	SV_OP_F_KEY_IN = 4,	/* key_id names a key; else it is zero */
	SV_OP_F_KEY_OUT = 8,	/* key_id of the answer is a new handle; else it is unchanged */
};

/* Of any byte: nothing is said of what is no op. */
static inline u32 sv_op_facts(u8 op)
{
	switch (op) {
	case SV_OP_HELLO:
	case SV_OP_SELFTEST:
	case SV_OP_COUNTERS:
		return SV_OP_F_ADMIN;
	case SV_OP_KEY_LOAD:
		return SV_OP_F_ADMIN | SV_OP_F_SECRET | SV_OP_F_KEY_OUT;
	case SV_OP_KEY_DROP:
		return SV_OP_F_ADMIN | SV_OP_F_KEY_IN;
	default:
		return op >= SV_OP_ECB_ENC && op < SV_OP_END ? SV_OP_F_KEY_IN : 0;
	}
}

/* The vault's answer. The host maps these to errno in one table. */
enum sv_status {
	SV_ST_OK = 0,
	SV_ST_BAD_OP = 1,	/* unknown, or on the wrong pair */
	SV_ST_BAD_FLAGS = 2,	/* unknown flag, or a reserved byte not zero */
	SV_ST_BAD_LEN = 3,	/* lengths do not fit the slot or the mode */
	SV_ST_BAD_KEY = 4,	/* handle unknown, stale or dropped */
	SV_ST_BAD_ALG = 5,	/* key was loaded for another algorithm */
	SV_ST_BAD_KEYLEN = 6,
	SV_ST_WEAK_KEY = 7,	/* XTS halves equal, and the host forbade that */
	SV_ST_BAD_TAG = 8,	/* authentication failed, no plaintext returned */
	SV_ST_NO_SPACE = 9,	/* key store full */
	SV_ST_BAD_VERSION = 10,
	SV_ST_FORBIDDEN = 11,	/* the owner's policy does not allow it */
	SV_ST_END
};

/*
 * First 64 bytes of a slot. H: written by the host, judged by the vault.
 * V: written by the vault, judged by the host. HV: in and out.
 */
struct sv_slot_hdr {
	u8 op;			/* H enum sv_op */
	u8 flags;		/* H none defined: zero */
	u8 tag_len;		/* H GCM: 4, 8, 12..16; else zero */
	u8 reserved0;		/* H */
	__le32 status;		/* V enum sv_status; H zero */
	__le64 cookie;		/* H returned unchanged; catches stale answers */
	__le64 key_id;		/* HV handle; V where the op returns one */
	__le32 aad_len;		/* H GCM, bytes; else zero */
	__le32 text_len;	/* H bytes of text, or of admin data in; V of admin data out */
	u8 iv[SV_IV_LEN];	/* HV see below */
	__le64 block_offset;	/* H XTS: 16-byte blocks since the unit's start; else zero */
	__le64 reserved1;	/* H */
};

/*
 * iv: CBC, CTR: initial value in, value for the next part out. XTS: the data
 * unit's IV in, unchanged out. GCM: 12 bytes and four zero bytes. RFC 4106
 * keys: the 8-byte explicit IV and eight zero bytes; the salt stays with the
 * key. ECB and admin ops: zero.
 */

static_assert(sizeof(struct sv_slot_hdr) == SV_SLOT_HDR_LEN, "sv_slot_hdr");
static_assert(offsetof(struct sv_slot_hdr, status) == 4, "sv_slot_hdr");
static_assert(offsetof(struct sv_slot_hdr, cookie) == 8, "sv_slot_hdr");
static_assert(offsetof(struct sv_slot_hdr, key_id) == 16, "sv_slot_hdr");
static_assert(offsetof(struct sv_slot_hdr, aad_len) == 24, "sv_slot_hdr");
static_assert(offsetof(struct sv_slot_hdr, iv) == 32, "sv_slot_hdr");
static_assert(offsetof(struct sv_slot_hdr, block_offset) == 48, "sv_slot_hdr");

/* A key works with the ops of the algorithm that it was loaded for. */
enum sv_alg {
	SV_ALG_ECB = 1,
	SV_ALG_CBC = 2,
	SV_ALG_CTR = 3,
	SV_ALG_XTS = 4,		/* two keys, twice the length */
	SV_ALG_GCM = 5,
	SV_ALG_RFC4106 = 6,	/* AES key and 4 bytes of salt */
	SV_ALG_END
};

enum {
	SV_KEY_MAX = 64,
	SV_RFC4106_SALT_LEN = 4,
	SV_RFC4106_IV_LEN = 8,
	SV_GCM_IV_LEN = 12,
	SV_TAG_MAX = 16,

	SV_KEY_F_FORBID_WEAK = 1,	/* refuse XTS keys with equal halves */
};

/* The vault wipes the slot's data area before it answers. */
struct sv_key_load {
	u8 alg;			/* enum sv_alg */
	u8 flags;		/* SV_KEY_F_* */
	__le16 key_len;		/* bytes, with salt */
	__le32 reserved;
	u8 key[SV_KEY_MAX];
};

static_assert(sizeof(struct sv_key_load) == 72, "sv_key_load");

/*
 * A handle is an index into the key store with the generation of its entry,
 * so that a handle outlives its key harmlessly. Zero is never a handle.
 */
static inline u64 sv_key_id(u32 index, u32 generation)
{
	return (u64)generation << 32 | index;
}

/* What the vault is. Only SV_MODE_SEV_ES keeps keys from the host. */
enum sv_mode {
	SV_MODE_PLAIN = 1,	/* a VM without memory encryption: development */
	SV_MODE_SOFT = 2,	/* an ordinary process: development */
	SV_MODE_SEV_ES = 3,
};

enum {
	SV_NAME_LEN = 16,
	SV_DIGEST_LEN = 32,
	SV_ID_LEN = 16,
	SV_ROOT_KEYS_MAX = 8,
};

#define SV_FACTS_MAGIC "SVFACTS"	/* with its NUL: 8 bytes */

/* The host sends its version, everything else zero; the vault fills it in. */
struct sv_hello {
	__le16 version_major;
	__le16 version_minor;
	u8 mode;		/* enum sv_mode */
	u8 reserved[3];
	__le32 image_version;	/* major << 16 | minor << 8 | patch */
	__le32 nr_keys;		/* capacity of the key store */
	__le64 ops;		/* bit n: enum sv_op n is served */
	char aes_name[SV_NAME_LEN];	/* engines in use, NUL-padded */
	char ghash_name[SV_NAME_LEN];
	__le32 policy;		/* enum sv_policy of secret.h */
	__le32 nr_root_keys;	/* that the owner injected */
	u8 config_digest[SV_DIGEST_LEN];	/* SHA-256 of struct sv_config_facts */
};

static_assert(sizeof(struct sv_hello) == 96, "sv_hello");

/*
 * All that decides how a vault behaves, without its secrets. An owner who
 * knows the image and what was injected computes the same digest.
 */
struct sv_config_facts {
	char magic[8];		/* SV_FACTS_MAGIC */
	u8 mode;		/* enum sv_mode */
	u8 debug;		/* 1: has a console */
	u8 cbit;		/* as in the image's mark */
	u8 reserved;
	__le32 image_version;
	__le16 version_major;
	__le16 version_minor;
	__le16 nr_data_pairs;
	__le16 nr_root_keys;
	__le64 window_gpa;
	__le64 window_len;
	__le32 policy;
	__le32 reserved1;
	u8 session_id[SV_ID_LEN];
	u8 root_key_id[SV_ROOT_KEYS_MAX][SV_ID_LEN];	/* zero from nr_root_keys on */
};

static_assert(sizeof(struct sv_config_facts) == 192, "sv_config_facts");

enum sv_health {
	SV_HEALTH_ABSENT = 0,	/* the CPU lacks the instructions */
	SV_HEALTH_OK = 1,
	SV_HEALTH_FAILED = 2,	/* known-answer test failed: never used */
};

enum { SV_SELFTEST_MAX = 16 };

struct sv_selftest_entry {
	char name[SV_NAME_LEN];	/* engine */
	u8 health;		/* enum sv_health */
	u8 in_use;
	u8 reserved[6];
};

struct sv_selftest {
	__le32 nr;		/* entries that follow */
	__le32 reserved;
	struct sv_selftest_entry entry[SV_SELFTEST_MAX];
};

static_assert(sizeof(struct sv_selftest) == 8 + 24 * SV_SELFTEST_MAX,
	      "sv_selftest");

/* Since boot, never reset. */
struct sv_counters {
	__le64 requests;	/* data requests answered */
	__le64 refused;		/* of these, not SV_ST_OK */
	__le64 bytes;		/* text of requests answered SV_ST_OK */
	__le64 keys_loaded;
	__le64 keys_live;	/* now in the store */
	__le64 kicks;		/* times that the vault kicked the host */
	__le64 sleeps;		/* times that the vault went to sleep */
	__le64 wakeups;		/* interrupts taken (soft: eventfd reads) */
};

static_assert(sizeof(struct sv_counters) == 64, "sv_counters");

#endif /* SEVAULT_WIRE_H */
