#!/usr/bin/env bash
# title: vectors through the PHP package, over the staged C library
# needs: cc=gcc php=php-cli python3=python3
set -euo pipefail
tests/conformance/check.py php
tests/conformance/check.py php --compare cli
