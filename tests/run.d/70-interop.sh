#!/usr/bin/env bash
# title: genuine SDKs against a provider on this machine, both ways
# needs: cc=gcc python3=python3 node=nodejs npm=npm openssl=openssl
set -euo pipefail
tests/interop/run.sh
