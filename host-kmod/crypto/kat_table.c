// SPDX-License-Identifier: GPL-2.0
/*
 * Every algorithm with every key length. The keys are public. ECB, CBC, CTR: SP 800-38A, appendix
 * F. XTS: a CAVP vector, IEEE 1619 vector 10 (its first two blocks), tails that are stolen, and 192
 * bits, which no standard has, by a model. GCM: McGrew and Viega, cases 4, 10 and 16; the same with
 * the salt moved to the key for RFC 4106.
 */
#include "crypto/kat_table.h"

#include <linux/kernel.h>

#define SP800_38A_KEY128 \
	"2b7e151628aed2a6abf7158809cf4f3c"

#define SP800_38A_KEY192 \
	"8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b"

#define SP800_38A_KEY256 \
	"603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4"

#define SP800_38A_TEXT \
	"6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51" \
	"30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710"

#define GCM_TEXT \
	"d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72" \
	"1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"

#define GCM_AAD \
	"feedfacedeadbeeffeedfacedeadbeefabaddad2"

const struct sv_kat sv_kats[] = {
	{
		.alg = SV_ALG_ECB,
		.key = SP800_38A_KEY128,
		.text = SP800_38A_TEXT,
		.want =
			"3ad77bb40d7a3660a89ecaf32466ef97f5d3d58503b9699de785895a96fdbaaf"
			"43b1cd7f598ece23881b00e3ed0306887b0c785e27e8ad3f8223207104725dd4",
	}, {
		.alg = SV_ALG_ECB,
		.key = SP800_38A_KEY192,
		.text = SP800_38A_TEXT,
		.want =
			"bd334f1d6e45f25ff712a214571fa5cc974104846d0ad3ad7734ecb3ecee4eef"
			"ef7afd2270e2e60adce0ba2face6444e9a4b41ba738d6c72fb16691603c18e0e",
	}, {
		.alg = SV_ALG_ECB,
		.key = SP800_38A_KEY256,
		.text = SP800_38A_TEXT,
		.want =
			"f3eed1bdb5d2a03c064b5a7e3db181f8591ccb10d410ed26dc5ba74a31362870"
			"b6ed21b99ca6f4f9f153e7b1beafed1d23304b7a39f9f3ff067d8d8f9e24ecc7",
	}, {
		.alg = SV_ALG_CBC,
		.key = SP800_38A_KEY128,
		.iv = "000102030405060708090a0b0c0d0e0f",
		.text = SP800_38A_TEXT,
		.want =
			"7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2"
			"73bed6b8e3c1743b7116e69e222295163ff1caa1681fac09120eca307586e1a7",
		.next_iv = "3ff1caa1681fac09120eca307586e1a7",
	}, {
		.alg = SV_ALG_CBC,
		.key = SP800_38A_KEY192,
		.iv = "000102030405060708090a0b0c0d0e0f",
		.text = SP800_38A_TEXT,
		.want =
			"4f021db243bc633d7178183a9fa071e8b4d9ada9ad7dedf4e5e738763f69145a"
			"571b242012fb7ae07fa9baac3df102e008b0e27988598881d920a9e64f5615cd",
		.next_iv = "08b0e27988598881d920a9e64f5615cd",
	}, {
		.alg = SV_ALG_CBC,
		.key = SP800_38A_KEY256,
		.iv = "000102030405060708090a0b0c0d0e0f",
		.text = SP800_38A_TEXT,
		.want =
			"f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d"
			"39f23369a9d9bacfa530e26304231461b2eb05e2c39be9fcda6c19078c6a9d1b",
		.next_iv = "b2eb05e2c39be9fcda6c19078c6a9d1b",
	}, {
		.alg = SV_ALG_CTR,
		.key = SP800_38A_KEY128,
		.iv = "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff",
		.text = SP800_38A_TEXT,
		.want =
			"874d6191b620e3261bef6864990db6ce9806f66b7970fdff8617187bb9fffdff"
			"5ae4df3edbd5d35e5b4f09020db03eab1e031dda2fbe03d1792170a0f3009cee",
		.next_iv = "f0f1f2f3f4f5f6f7f8f9fafbfcfdff03",
	}, {
		.alg = SV_ALG_CTR,
		.key = SP800_38A_KEY192,
		.iv = "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff",
		.text = SP800_38A_TEXT,
		.want =
			"1abc932417521ca24f2b0459fe7e6e0b090339ec0aa6faefd5ccc2c6f4ce8e94"
			"1e36b26bd1ebc670d1bd1d665620abf74f78a7f6d29809585a97daec58c6b050",
		.next_iv = "f0f1f2f3f4f5f6f7f8f9fafbfcfdff03",
	}, {
		.alg = SV_ALG_CTR,
		.key = SP800_38A_KEY256,
		.iv = "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff",
		.text = SP800_38A_TEXT,
		.want =
			"601ec313775789a5b7a7f504bbf3d228f443e3ca4d62b59aca84e990cacaf5c5"
			"2b0930daa23de94ce87017ba2d84988ddfc9c58db67aada613c2dd08457941a6",
		.next_iv = "f0f1f2f3f4f5f6f7f8f9fafbfcfdff03",
	}, {
		.alg = SV_ALG_XTS,
		.key = "03877591c280ac961c7a934f983121053695610f32e58a936a85a0a646f54eea",
		.iv = "5f193c539893edcea422e1c9d01ad95e",
		.text = "83280dfecb3480491ac2df2ec90953e81f1e1ebc7659ec9820acb8eb8ce030cf",
		.want = "f491446e42f9ccab200ecb505f7e49bf8a2ec66d4ea9420858c04544a4221bf8",
	}, {
		.alg = SV_ALG_XTS,
		.key = "24135c437a1cdd551da0e7b360e50be8996bebbddfa5ab6641a410029cc62a8e",
		.iv = "c9da86cd08f5e50b379b7e179e81ce1c",
		.text = "3837fd178932a761b7b332b1086c91db2a5fa0d4c13e4a4fbc",
		.want = "6f1f0d9f45fb6323c413ec3e0253dca7c203896018ebeb7fa0",
	}, {
		.alg = SV_ALG_XTS,
		.key =
			"5323dbcf475576db304505972882a5640180b0c61f0464d800edaa3c863692ff"
			"ccdf40c2ca18fd32f3d16a3d0f4788fe",
		.iv = "23a657918b37670b07d7961cdcb5a9d6",
		.text = "b2c949854290d85372c50ae49dc3b6d3323bd9a010bc9c114841e59e0236df89",
		.want = "7535765bb8762dfb68e81210224310707c8d65b999c7b88c9b9a506e4b199ce3",
	}, {
		.alg = SV_ALG_XTS,
		.key =
			"2718281828459045235360287471352662497757247093699959574966967627"
			"3141592653589793238462643383279502884197169399375105820974944592",
		.iv = "ff000000000000000000000000000000",
		.text = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
		.want = "1c3b3a102f770386e4836c99e370cf9bea00803f5e482357a4ae12d414a3e63b",
	}, {
		.alg = SV_ALG_XTS,
		.key =
			"8f21a4239b2c2fea21c72e523890368e7b27d5f35761e6b73d0bdb58ad15c033"
			"daddd48a3d77160399c6a7a387e1c0b472ed89f3af5b236a4ddfaf4cc88e0bc5",
		.iv = "d28de578e6817100b57831966126cffa",
		.text = "e3baafc557dc95c7510823d2d320c78a31b5b67a",
		.want = "3699e8405f1c67c25f898c3b190ba12e6c89952f",
	}, {
		.alg = SV_ALG_GCM,
		.key = "feffe9928665731c6d6a8f9467308308",
		.iv = "cafebabefacedbaddecaf888",
		.aad = GCM_AAD,
		.text = GCM_TEXT,
		.want =
			"42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e"
			"21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e0915bc94fbc"
			"3221a5db94fae95ae7121a47",
	}, {
		.alg = SV_ALG_GCM,
		.key = "feffe9928665731c6d6a8f9467308308feffe9928665731c",
		.iv = "cafebabefacedbaddecaf888",
		.aad = GCM_AAD,
		.text = GCM_TEXT,
		.want =
			"3980ca0b3c00e841eb06fac4872a2757859e1ceaa6efd984628593b40ca1e19c"
			"7d773d00c144c525ac619d18c84a3f4718e2448b2fe324d9ccda27102519498e"
			"80f1478f37ba55bd6d27618c",
	}, {
		.alg = SV_ALG_GCM,
		.key = "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
		.iv = "cafebabefacedbaddecaf888",
		.aad = GCM_AAD,
		.text = GCM_TEXT,
		.want =
			"522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
			"8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f66276fc6ece"
			"0f4e1768cddf8853bb2d551b",
	}, {
		.alg = SV_ALG_RFC4106,
		.key = "feffe9928665731c6d6a8f9467308308cafebabe",
		.iv = "facedbaddecaf888",
		.aad = GCM_AAD,
		.text = GCM_TEXT,
		.want =
			"42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e"
			"21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e0915bc94fbc"
			"3221a5db94fae95ae7121a47",
	}, {
		.alg = SV_ALG_RFC4106,
		.key = "feffe9928665731c6d6a8f9467308308feffe9928665731ccafebabe",
		.iv = "facedbaddecaf888",
		.aad = GCM_AAD,
		.text = GCM_TEXT,
		.want =
			"3980ca0b3c00e841eb06fac4872a2757859e1ceaa6efd984628593b40ca1e19c"
			"7d773d00c144c525ac619d18c84a3f4718e2448b2fe324d9ccda27102519498e"
			"80f1478f37ba55bd6d27618c",
	}, {
		.alg = SV_ALG_RFC4106,
		.key =
			"feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"
			"cafebabe",
		.iv = "facedbaddecaf888",
		.aad = GCM_AAD,
		.text = GCM_TEXT,
		.want =
			"522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
			"8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f66276fc6ece"
			"0f4e1768cddf8853bb2d551b",
	},
};

const u32 sv_nr_kats = ARRAY_SIZE(sv_kats);
