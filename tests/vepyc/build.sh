#!/usr/bin/env bash
echo /tmp/vep/out
