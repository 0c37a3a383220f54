# SPDX-License-Identifier: GPL-2.0 OR MIT
# The front door. Every goal sets up what it needs by itself; `make help` lists them.

MAKEFLAGS += --no-print-directory
TIME ?= 60
prefix ?= /usr/local
export DESTDIR prefix exec_prefix bindir sbindir libdir mandir sysconfdir unitdir udevrulesdir
# One clock for the elapsed times of all that a goal runs.
export SV_START ?= $(shell date +%s)

help:
	@echo 'make                 build vault images, sevault-soft, launcher, tools, and the kernel module (for Debian 13'"'"'s 6.12)'
	@echo 'make demo            a LUKS2 volume whose AES is done in a vault VM, from nothing to read back'
	@echo 'make demo MODE=sev-es    the same with an encrypted vault, attested, on an emulated EPYC (built first: 5 minutes)'
	@echo 'make test            native tests, short fuzz runs, VM cases, KUnit, and the SEV-ES cases on the emulated EPYC'
	@echo 'make test-full       the same, the VM cases again on a KASAN + lockdep + kmemleak kernel, and all SEV-ES cases'
	@echo 'make check           all static checks (one of them: scripts/check.sh NAME)'
	@echo 'make bench           throughput and latency of the data path, native; writes build/bench/'
	@echo 'make fuzz TIME=60    all fuzz targets, that many seconds each'
	@echo
	@echo 'Parts of these:'
	@echo 'make image           vault images, sevault-soft, launcher and tools: all but the module'
	@echo 'make module          the module for Debian 13'"'"'s 6.12, in build/kmod/stock/'
	@echo 'make module-local    the module for the running kernel, in build/kmod/local/ (KDIR=... for another build folder)'
	@echo 'make vm, make kunit  all VM cases (MODE=sev-es, too), the KUnit suites; one case: scripts/run-vm.sh CASE (--list)'
	@echo 'make install         programs, images, unit, man pages, module sources; DESTDIR=, prefix=/usr/local'
	@echo 'make uninstall       the reverse; a configuration that was edited stays'
	@echo 'make setup           only install the host packages that are missing (apt-get, says what and why)'
	@echo 'make clean           remove build/; the cache with the Debian trees, kernels and the emulated EPYC stays'
	@echo
	@echo 'Cache: $${SEVAULT_CACHE:-~/.cache/sevault}. SEVAULT_JOBS=2 limits builds; SEVAULT_MIRROR names a Debian mirror.'

all: image module

image: setup-build
	$(MAKE) -C guest-vault all soft
	$(MAKE) -C host-ctl

module: setup-build
	scripts/kmod-build.sh stock

# Which module a kernel of one's own needs: make module-local KDIR=/lib/modules/$(uname -r)/build
module-local:
	scripts/kmod-build.sh $(or $(KDIR),/lib/modules/$(shell uname -r)/build)

# The emulated EPYC needs a guest owner.
setup-mode: setup-build $(if $(filter sev-es,$(MODE)),setup-sev)

demo: setup-mode
	@scripts/demo.sh $(MODE:%=--mode %)

test: setup-build setup-test setup-sev
	@scripts/test.sh test

test-full: setup-build setup-test setup-sev
	@scripts/test.sh full

check: setup
	@scripts/check.sh all

bench: setup-build setup-test
	@$(MAKE) -C tests/bench run

fuzz: setup-build setup-test
	@$(MAKE) -C tests/fuzz run TIME=$(TIME)

kunit: setup-build
	@scripts/run-vm.sh --kernel debug kunit

vm: setup-mode
	@scripts/run-vm.sh $(MODE:%=--mode %)

# After a build, as GNU has it: DESTDIR, prefix, sbindir and so on may be given. Nothing is built or loaded.
install uninstall:
	@scripts/install.sh $@

setup:
	@scripts/setup.sh all

setup-%:
	@scripts/setup.sh $*

clean:
	rm -rf build

.DEFAULT_GOAL := all
.PHONY: help all image install uninstall module module-local demo test test-full check bench fuzz kunit vm setup setup-mode clean
