#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0 OR MIT
#
# qemu.sh QEMU ARGS...: the emulator with SEV in the place of QEMU: same arguments, but its CPU and its secure processor
#
# SV_VEPYC: the folder that build.sh printed. SV_VEPYC_LOADER: how to start a program of the bench tree.
# SV_VEPYC_OBJECT: more properties for the sev-emulation object. SV_VEPYC_PSP: the same for the secure processor.
set -euo pipefail

cpu=EPYC-v1,-monitor,-hypervisor,+lbrv,+nrip-save,+decodeassists,+flushbyasid,phys-bits=48
shift
args=()
while [ $# -gt 0 ]; do
	case $1 in
	-cpu) args+=(-cpu "$cpu"); shift ;;
	*) args+=("$1") ;;
	esac
	shift
done
read -ra loader <<<"${SV_VEPYC_LOADER:-}"
exec "${loader[@]}" "$SV_VEPYC/qemu-system-x86_64" "${args[@]}" \
	-object "sev-emulation,id=vepyc${SV_VEPYC_OBJECT:+,$SV_VEPYC_OBJECT}" \
	-device "sev-psp${SV_VEPYC_PSP:+,$SV_VEPYC_PSP}"
