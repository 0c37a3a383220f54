// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "facts.h"

#include <sevault/secret.h>

#include "vault.h"

void sv_facts_init(struct sv_config_facts *f, enum sv_mode mode, bool is_debug, u8 cbit,
		   u16 nr_data_pairs)
{
	const struct sv_config_facts fresh = {
		.magic = SV_FACTS_MAGIC,
		.mode = (u8)mode,
		.debug = is_debug,
		.cbit = cbit,
		.image_version = cpu_to_le32(SV_IMAGE_VERSION),
		.version_major = cpu_to_le16(SV_VERSION_MAJOR),
		.version_minor = cpu_to_le16(SV_VERSION_MINOR),
		.nr_data_pairs = cpu_to_le16(nr_data_pairs),
		.window_gpa = cpu_to_le64(SV_WINDOW_GPA),
		.window_len = cpu_to_le64(SV_WINDOW_LEN),
		.policy = cpu_to_le32(SV_POLICY_KNOWN),
	};

	*f = fresh;
}
