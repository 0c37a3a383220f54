#!/bin/bash
# SPDX-License-Identifier: GPL-2.0 OR MIT
# run-case.sh NAME DIR: one case in a shell of its own; --cleanup NAME DIR: put the machine back as it was
set -Eeuo pipefail
cleanup=
if [ "$1" = --cleanup ]; then
	cleanup=1
	shift
fi
CASE=$1
OUT=$2
. /sv/tests/lib.sh

if [ -n "$cleanup" ]; then
	sv_cleanup
	exit
fi
trap 'echo "line $LINENO of ${BASH_SOURCE[0]##*/}: $BASH_COMMAND" >"$OUT/verdict"' ERR
# shellcheck source=/dev/null
. "/sv/tests/cases/$CASE.sh"
