# SPDX-License-Identifier: GPL-2.0 OR MIT
# The front door. Every goal sets up what it needs by itself; `make help` lists them.

MAKEFLAGS += --no-print-directory
TIME ?= 60
# One clock for the elapsed times of all that a goal runs.
export SV_START ?= $(shell date +%s)

help:
	@echo 'make             build vault image, sevault-soft, sevault-vm and the kernel module (for Debian 13'"'"'s 6.12)'
	@echo 'make demo        a LUKS2 volume whose AES is done in a vault VM, from nothing to read back'
	@echo '                 with MODE=sev-es: as a SEV-ES guest on an emulated EPYC, which is built first (10 minutes)'
	@echo 'make test        native tests, short fuzz runs, KUnit, and the VM cases on the stock kernel'
	@echo 'make test-full   the same, and the VM cases again on a KASAN + lockdep + kmemleak kernel'
	@echo 'make check       all static checks (one of them: scripts/check.sh NAME)'
	@echo 'make bench       throughput and latency of the data path, native; writes build/bench/'
	@echo 'make fuzz        all fuzz targets, TIME=60 seconds each'
	@echo 'make setup       only install the host packages that are missing (apt-get, says what and why)'
	@echo 'make clean       remove build/; the cache with the Debian trees and kernels stays'
	@echo
	@echo 'One VM case: scripts/run-vm.sh CASE (--list shows them). Cache: $${SEVAULT_CACHE:-~/.cache/sevault}'

all: image module

image: setup-build
	$(MAKE) -C guest-vault all soft
	$(MAKE) -C host-ctl

module: setup-build
	scripts/kmod-build.sh stock

# Which module a kernel of one's own needs: make module-local KDIR=/lib/modules/$(uname -r)/build
module-local:
	scripts/kmod-build.sh $(or $(KDIR),/lib/modules/$(shell uname -r)/build)

demo: setup-build
	@scripts/demo.sh $(MODE:%=--mode %)

test: setup-build setup-test
	@scripts/test.sh test

test-full: setup-build setup-test
	@scripts/test.sh full

check: setup
	@scripts/check.sh all

bench: setup-build setup-test
	@$(MAKE) -C tests/bench run

fuzz: setup-build setup-test
	@$(MAKE) -C tests/fuzz run TIME=$(TIME)

kunit: setup-build
	@scripts/run-vm.sh --kernel debug kunit

vm: setup-build
	@scripts/run-vm.sh

setup:
	@scripts/setup.sh all

setup-%:
	@scripts/setup.sh $*

clean:
	rm -rf build

.DEFAULT_GOAL := all
.PHONY: help all image module module-local demo test test-full check bench fuzz kunit vm setup clean
