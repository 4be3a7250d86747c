#!/usr/bin/env bash
# title: vectors through the command line
# needs: cc=gcc python3=python3
set -euo pipefail
tests/conformance/check.py cli --lacks diagnose
