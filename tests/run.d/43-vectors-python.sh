#!/usr/bin/env bash
# title: vectors through the Python binding; the same answers as the command line's
# needs: cc=gcc python3=python3
set -euo pipefail
tests/conformance/check.py python
tests/conformance/check.py python --compare cli
