# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# what: the test host boots, has SVM and nested paging, and its tools are there
# timeout: 60
need "no SVM in the test host's CPU" grep -qw svm /proc/cpuinfo
need "no AES instructions in the test host's CPU" grep -qw aes /proc/cpuinfo
modprobe kvm_amd
need "kvm_amd did not come up" test -c /dev/kvm
for tool in qemu-system-x86_64 cryptsetup integritysetup fio kcapi-enc mkfs.ext4; do
	need "$tool is missing in the bench root" command -v $tool
done
ok "kernel $(uname -r), $(nproc) CPUs, $(awk '/MemTotal/ {print int($2 / 1024)}' /proc/meminfo) MiB"
