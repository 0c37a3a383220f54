# SPDX-License-Identifier: GPL-2.0 OR MIT
# shellcheck shell=bash
# reader_image FILE: 64 KiB of firmware that prints 48 bytes from 0x8000 to port 0xe9 and ends through port 0xf4

reader_image() {
	head -c 65536 /dev/zero >"$1"
	# xor ax,ax; mov ds,ax; mov si,0x8000; mov cx,48; mov dx,0xe9; 1: lodsb; out dx,al; loop 1b;
	# mov al,0x2a; out 0xf4,al; hlt
	printf '\x31\xc0\x8e\xd8\xbe\x00\x80\xb9\x30\x00\xba\xe9\x00\xac\xee\xe2\xfc\xb0\x2a\xe6\xf4\xf4' |
		dd of="$1" bs=1 conv=notrunc status=none
	# at f000:fff0: jmp 0
	printf '\xe9\x0d\x00' | dd of="$1" bs=1 seek=65520 conv=notrunc status=none
}
