#!/usr/bin/env bash
# The C and C++ tests under AddressSanitizer with UndefinedBehaviorSanitizer, under ThreadSanitizer and under valgrind, Go under
# valgrind, each with a program that does what it must find: the proof that it was on.
#
# The library is instrumented too, all crates but Rust's standard library: the compiler's switch for it is a nightly one, which
# RUSTC_BOOTSTRAP opens in the stable compiler, for these builds only; a nightly toolchain is not needed. For addresses the runtime
# is gcc's. For threads it is rustc's own, since gcc's lacks functions that rustc's code calls; gcc instruments the C side for it.
# What happens inside the standard library's archive ThreadSanitizer does not see; the library has neither locks nor globals, so
# no report is wrong for that. What uninstrumented code does to memory, valgrind sees.
set -euo pipefail
cd "$(dirname "$0")/../.."
target=$(realpath -m "${CARGO_TARGET_DIR:-target}")
work=$target/tests-sanitizers
mkdir -p "$work/plain"
cc=gcc cxx=g++
# The shadow memory of an older gcc collides with addresses that a newer kernel chooses at random.
fixed=(setarch -R)
"${fixed[@]}" true 2>/dev/null || fixed=()
host=$(rustc -vV | sed -n 's/^host: //p')
passed=0 failed=0
good() {
    if "$@" >"$work/log" 2>&1; then passed=$((passed + 1)); else
        failed=$((failed + 1))
        echo "failed: $*"
        tail -n 30 "$work/log"
    fi
}
bad() { # a command that must fail and say a word
    local word=$1
    shift
    if ! "$@" >"$work/log" 2>&1 && grep -q "$word" "$work/log"; then passed=$((passed + 1)); else
        failed=$((failed + 1))
        echo "did not fail with $word: $*"
        tail -n 10 "$work/log"
    fi
}

sanitized() { # $1 sanitizer: the library into $work/$1
    mkdir -p "$work/$1"
    RUSTC_BOOTSTRAP=1 RUSTFLAGS="-Zsanitizer=$1 -Cunsafe-allow-abi-mismatch=sanitizer" \
        CARGO_PROFILE_DEV_DEBUG=line-tables-only CARGO_INCREMENTAL=0 \
        cargo build --quiet --locked -p paysig-ffi --target "$host" --target-dir "$work/build-$1"
    cp "$work/build-$1/$host/debug/libpaysig.so" "$work/$1/libpaysig.so.0"
}
program() { # $1 directory, $2 source, $3... flags: the program into $work/$1
    local dir=$work/$1 name
    name=$(basename "$2" .c)
    "$cc" -std=c11 -g -Iinclude -D_POSIX_C_SOURCE=200809L -c "$2" -o "$dir/$name.o" "${@:3}"
    local link=("${@:3}")
    [ "$1" != thread ] || link=(-rdynamic '-Wl,--whole-archive' "$runtime" '-Wl,--no-whole-archive' -ldl -lm -lrt -lresolv)
    "$cc" "$dir/$name.o" "$dir/libpaysig.so.0" -lpthread "${link[@]}" "-Wl,-rpath,$dir" -o "$dir/$name"
}

# Memory and undefined behaviour.
sanitized address
good sh -c "nm '$work/address/libpaysig.so.0' | grep -q __asan_init"
both=('-fsanitize=address,undefined' -fno-sanitize-recover=all)
for test in calls packed misuse shared; do
    program address tests/c/$test.c "${both[@]}"
    good "${fixed[@]}" "$work/address/$test"
done
"$cxx" -std=c++17 -g -Iinclude "${both[@]}" tests/cpp/first.cpp tests/cpp/second.cpp -o "$work/address/cpp" \
    "$work/address/libpaysig.so.0" -lpthread "-Wl,-rpath,$work/address"
good "${fixed[@]}" "$work/address/cpp"
# A length that is a lie is found inside the library; a handle that is not freed; an int that overflows.
program address tests/sanitizers/lie.c "${both[@]}"
bad "AddressSanitizer: heap-buffer-overflow" "${fixed[@]}" "$work/address/lie"
program address tests/sanitizers/leak.c "${both[@]}"
bad "LeakSanitizer: detected memory leaks" "${fixed[@]}" "$work/address/leak"
program address tests/sanitizers/overflow.c "${both[@]}"
bad "runtime error: signed integer overflow" "$work/address/overflow"

# Threads that share a signer and a verifier. One stream fed by two at once is what the header forbids, and is found.
sanitized thread
runtime=$(echo "$(rustc --print target-libdir)"/librustc-*_rt.tsan.a)
good sh -c "nm '$work/thread/libpaysig.so.0' | grep -q __tsan_init"
program thread tests/c/shared.c -fsanitize=thread
good "$work/thread/shared"
program thread tests/sanitizers/race.c -fsanitize=thread
bad "ThreadSanitizer: data race" env TSAN_OPTIONS=halt_on_error=1 "$work/thread/race"

# Every access of the machine code, and every block that is left: one message of each algorithm. Unoptimised: an optimiser reads
# bytes that do not matter before it asks whether they do, which memcheck reports.
cargo build --quiet --locked -p paysig-ffi
cp "$target/debug/libpaysig.so" "$work/plain/libpaysig.so.0"
program plain tests/conformance/c/conform.c -ljansson
python3 tests/sanitizers/lines.py >"$work/lines.jsonl"
memcheck=(valgrind --quiet --leak-check=full --show-leak-kinds=all --errors-for-leak-kinds=all --error-exitcode=9)
answered() { "${memcheck[@]}" "$work/plain/conform" <"$work/lines.jsonl" 2>&1 >"$work/answers.jsonl"; }
good answered
# Nearly all are good messages; those of the mistakes people make are refused, and some providers' sides this library lacks.
good test "$(grep -c '"status":"ok"' "$work/answers.jsonl")" -ge 35
program plain tests/sanitizers/leak.c
bad "definitely lost" "${memcheck[@]}" "$work/plain/leak"
program plain tests/sanitizers/lie.c
bad "Invalid read" "${memcheck[@]}" "$work/plain/lie"

# The same messages through Go. From 1.25 on its runtime tells valgrind of its stacks and blocks, if it is built so; go.work asks for
# such a Go, which an older one fetches. Preemption by signals is off: it stores registers below the stack pointer, which valgrind
# holds for an error; so is the collector, after which the runtime describes a block twice, at which memcheck gives up (seen with
# Go 1.26 and GOGC=2). Nothing is suppressed. What this sees is the library's own memory and what C allocated; a span of Go's heap
# the runtime declares valid as a whole, so that reading past a Go value is not seen.
# shellcheck source=tests/go-new.sh
. tests/go-new.sh
scripts/stage.sh "$target/stage"
printf 'go 1.25.0\n\nuse %s\n' "$PWD/tests/conformance/go" >"$work/go.work"
go_built() { # $1 program, $2... package or files
    GOWORK=$work/go.work PKG_CONFIG_PATH=$target/stage/lib/pkgconfig \
        go build -buildvcs=false -tags valgrind -ldflags=-w -o "$work/plain/$1" "${@:2}"
}
go_checked=(env GOGC=off GODEBUG=asyncpreemptoff=1 LD_LIBRARY_PATH="$target/stage/lib" valgrind --quiet --error-exitcode=9)
good go_built conform-go github.com/paysig/paysig/tests/conformance/go
go_answered() { "${go_checked[@]}" "$work/plain/conform-go" <"$work/lines.jsonl" 2>&1 >"$work/answers-go.jsonl"; }
good go_answered
good test "$(grep -c '"status":"ok"' "$work/answers-go.jsonl")" -ge 35
good go_built lie-go tests/sanitizers/lie.go
bad "Invalid read" "${go_checked[@]}" "$work/plain/lie-go" long
bad "uninitialised value" "${go_checked[@]}" "$work/plain/lie-go" unset
bad "Invalid read" "${go_checked[@]}" "$work/plain/lie-go" freed

# And in the long run, as it is installed.
scripts/stage.sh "$work/release" release
ln -sf release/lib/libpaysig.so.0 "$work/libpaysig.so.0"
program . tests/sanitizers/flat.c
if "$work/flat" >"$work/log"; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
cat "$work/log"

echo "sanitizers: $passed passed, $failed failed"
[ "$failed" = 0 ]
