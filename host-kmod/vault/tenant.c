// SPDX-License-Identifier: GPL-2.0
#include "vault/tenant.h"

#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/minmax.h>
#include <linux/slab.h>
#include <linux/user_namespace.h>

void sv_tenants_init(struct sv_tenants *all)
{
	mutex_init(&all->lock);
	INIT_LIST_HEAD(&all->users);
	all->nr_keys = 0;
}

/* The kernel's own threads have all capabilities. */
static bool is_privileged(void)
{
	return ns_capable_noaudit(&init_user_ns, CAP_SYS_ADMIN);
}

/* Whoever can make user name spaces has as many user ids as it likes: its maker's counts. */
static kuid_t accountable_uid(void)
{
	const struct user_namespace *ns;
	kuid_t uid = current_euid();

	for (ns = current_user_ns(); ns != &init_user_ns; ns = ns->parent)
		uid = ns->owner;
	return uid;
}

static struct sv_tenant *find(const struct sv_tenants *all, kuid_t uid)
{
	struct sv_tenant *t;

	lockdep_assert_held(&all->lock);
	list_for_each_entry(t, &all->users, node) {
		if (uid_eq(t->uid, uid))
			return t;
	}
	return NULL;
}

static struct sv_tenant *create(kuid_t uid, struct sv_queue *queue)
{
	/* setkey may be called while the disk that we would swap to waits for it. */
	struct sv_tenant *t = kzalloc(sizeof(*t), GFP_NOIO);

	if (!t)
		return ERR_PTR(-ENOMEM);
	INIT_LIST_HEAD(&t->node);
	t->uid = uid;
	t->queue = queue;
	sv_flow_init(&t->flow);
	return t;
}

static struct sv_tenant *join_user(struct sv_tenants *all, u32 capacity, struct sv_queue *queue)
{
	kuid_t uid = accountable_uid();
	struct sv_tenant *t = find(all, uid);
	u32 share = max(capacity / 4, 1U);

	if (all->nr_keys >= capacity - capacity / 4 || (t && t->nr_keys >= share))
		return ERR_PTR(-EDQUOT);
	if (!t) {
		t = create(uid, queue);
		if (IS_ERR(t))
			return t;
		list_add(&t->node, &all->users);
	}
	all->nr_keys++;
	return t;
}

struct sv_tenant *sv_tenant_join(struct sv_tenants *all, u32 capacity, struct sv_queue *queue)
{
	struct sv_tenant *t;

	mutex_lock(&all->lock);
	if (is_privileged())
		t = create(INVALID_UID, queue);
	else
		t = join_user(all, capacity, queue);
	if (!IS_ERR(t))
		t->nr_keys++;
	mutex_unlock(&all->lock);
	return t;
}

void sv_tenant_leave(struct sv_tenants *all, struct sv_tenant *t)
{
	bool is_gone;

	mutex_lock(&all->lock);
	if (!list_empty(&t->node))
		all->nr_keys--;
	is_gone = !--t->nr_keys;
	if (is_gone)
		list_del(&t->node);
	mutex_unlock(&all->lock);
	if (is_gone)
		kfree(t);
}
