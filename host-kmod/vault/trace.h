/* SPDX-License-Identifier: GPL-2.0 */
/* Tracepoints of the request path. Nothing secret: no text, no iv, no key handle. */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM sevault

#if !defined(HOST_KMOD_VAULT_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define HOST_KMOD_VAULT_TRACE_H

#include <linux/tracepoint.h>

/* One part of a request, where it is and how long it is. */
DECLARE_EVENT_CLASS(sv_part,
	TP_PROTO(u32 pair, const void *req, u8 op, u32 slot, u32 len),
	TP_ARGS(pair, req, op, slot, len),
	TP_STRUCT__entry(
		__field(const void *, req)
		__field(u32, pair)
		__field(u32, slot)
		__field(u32, len)
		__field(u8, op)
	),
	TP_fast_assign(
		__entry->req = req;
		__entry->pair = pair;
		__entry->slot = slot;
		__entry->len = len;
		__entry->op = op;
	),
	TP_printk("pair=%u req=%p op=%u slot=%u len=%u", __entry->pair, __entry->req, __entry->op,
		  __entry->slot, __entry->len)
);

/* A request was accepted and got a slot. */
DEFINE_EVENT(sv_part, sv_submit,
	TP_PROTO(u32 pair, const void *req, u8 op, u32 slot, u32 len),
	TP_ARGS(pair, req, op, slot, len));

/* A filled slot became visible to the vault. */
DEFINE_EVENT(sv_part, sv_publish,
	TP_PROTO(u32 pair, const void *req, u8 op, u32 slot, u32 len),
	TP_ARGS(pair, req, op, slot, len));

/* A request met something: no free slot, its end, or the watchdog. */
DECLARE_EVENT_CLASS(sv_outcome,
	TP_PROTO(u32 pair, const void *req, u8 op, int err),
	TP_ARGS(pair, req, op, err),
	TP_STRUCT__entry(
		__field(const void *, req)
		__field(u32, pair)
		__field(int, err)
		__field(u8, op)
	),
	TP_fast_assign(
		__entry->req = req;
		__entry->pair = pair;
		__entry->err = err;
		__entry->op = op;
	),
	TP_printk("pair=%u req=%p op=%u err=%d", __entry->pair, __entry->req, __entry->op,
		  __entry->err)
);

DEFINE_EVENT(sv_outcome, sv_complete,
	TP_PROTO(u32 pair, const void *req, u8 op, int err),
	TP_ARGS(pair, req, op, err));

DEFINE_EVENT(sv_outcome, sv_backlog,
	TP_PROTO(u32 pair, const void *req, u8 op, int err),
	TP_ARGS(pair, req, op, err));

DEFINE_EVENT(sv_outcome, sv_timeout,
	TP_PROTO(u32 pair, const void *req, u8 op, int err),
	TP_ARGS(pair, req, op, err));

#endif /* HOST_KMOD_VAULT_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
