#!/usr/bin/env bash
# title: the C and C++ examples: a signed call to `paysig serve`, a genuine webhook and a tampered one of `paysig send`
# needs: cc=gcc c++=g++ curl-config=libcurl4-openssl-dev pkg-config=pkg-config
# needs-file: /usr/include/microhttpd.h=libmicrohttpd-dev /usr/include/httplib.h=libcpp-httplib-dev
set -euo pipefail
target=$(realpath -m "${CARGO_TARGET_DIR:-target}")
CARGO_TARGET_DIR=$target scripts/stage.sh "$target/stage"
export PKG_CONFIG_PATH=$target/stage/lib/pkgconfig LD_LIBRARY_PATH=$target/stage/lib
work=$target/tests-examples
mkdir -p "$work"
# shellcheck disable=SC2046
{
	cc -std=gnu11 -Wall -Wextra -Werror examples/c/shop.c -o "$work/shop-c" $(pkg-config --cflags --libs paysig libcurl libmicrohttpd)
	c++ -std=c++17 -Wall -Wextra examples/cpp/shop.cpp -o "$work/shop-cpp" -pthread $(pkg-config --cflags --libs paysig cpp-httplib)
}
tests/example.sh c "$work/shop-c"
tests/example.sh cpp "$work/shop-cpp"
