# SPDX-License-Identifier: GPL-2.0 OR MIT
# The vault core for everybody who compiles it: image, sevault-soft, tests,
# benches, fuzzers. CORE_NAMES lists the sources; $(call core_isa,NAME) gives the
# instruction sets that this one source may use, beyond what all may use: only
# the engines in crypto/x86/ have any.

CORE_DIR := $(patsubst %/,%,$(dir $(lastword $(MAKEFILE_LIST))))
CORE_SOURCES := $(wildcard $(CORE_DIR)/*.c $(CORE_DIR)/crypto/*.c $(CORE_DIR)/crypto/x86/*.c)
CORE_NAMES := $(sort $(CORE_SOURCES:$(CORE_DIR)/%.c=%))

CORE_ISA_SSE := -mssse3 -maes
CORE_ISA_AVX2 := -mavx2 -maes -mvaes
CORE_ISA_AVX512 := -mavx512f -mavx512dq -mavx512bw -mavx512vl -maes -mvaes -mpclmul -mvpclmulqdq

CORE_ISA_aes_x86 := $(CORE_ISA_SSE)
CORE_ISA_aes_ni := $(CORE_ISA_SSE)
CORE_ISA_aes_vaes256 := $(CORE_ISA_AVX2)
CORE_ISA_aes_vaes512 := $(CORE_ISA_AVX512)
CORE_ISA_ghash_clmul := -mssse3 -mpclmul
CORE_ISA_ghash_vclmul512 := $(CORE_ISA_AVX512)

core_isa = $(CORE_ISA_$(1:crypto/x86/%=%))
