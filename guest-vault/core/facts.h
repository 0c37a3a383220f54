/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* What a vault is, for sv_vault_configure(): see struct sv_config_facts. */
#ifndef CORE_FACTS_H
#define CORE_FACTS_H

#include <port.h>
#include <sevault/wire.h>

/* All but the owner's part, which allows all that this vault knows. */
void sv_facts_init(struct sv_config_facts *f, enum sv_mode mode, bool is_debug, u8 cbit,
		   u16 nr_data_pairs);

#endif /* CORE_FACTS_H */
