#!/usr/bin/env bash
# title: vectors through the Go package, built from the staged C library
# needs: cc=gcc go=golang-go pkg-config=pkg-config python3=python3
set -euo pipefail
tests/conformance/check.py go
tests/conformance/check.py go --compare cli
