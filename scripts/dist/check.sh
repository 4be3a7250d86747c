#!/usr/bin/env bash
# Installs what `make dist` made as a user does, each into an empty directory, root or virtual environment, and has it sign and
# verify: `make dist-check`. What this machine cannot run is said to be untested, never counted as passed.
#   check.sh               everything
#   check.sh WORD ...      only these: libraries cli deb go php python crates npm
set -euo pipefail
. "$(dirname "$0")/common.sh"
scripts/dist/tools.sh check
here=$work/installed
rm -rf "$here"
mkdir -p "$here"
shop=$root/scripts/dist/shop
signs() { "$@" | tee "$here/said" | grep '^signs and verifies with'; }
wine() { WINEDEBUG=-all WINEPREFIX=$work/wine command wine "$@"; }
untested() { echo "untested: $*"; }
# Debian's interpreters for arm64, unpacked, for qemu.
arm64=$here/arm64
arm64_root() {
	[ -x "$arm64/usr/bin/php8.2" ] ||
		mmdebstrap --quiet --variant=extract --architectures=arm64 --include=python3-minimal,libpython3-stdlib,php8.2-cli bookworm "$arm64"
}

check_libraries() {
	for name in $(platforms); do
		scripts/dist/check-library.sh "$name" && passed=$((passed + 1)) || failed=$((failed + 1))
	done
}

# The program, its pages and completions, from the archive.
check_cli() {
	for name in $(platforms); do
		use_platform "$name"
		[ "$libc" != gnu ] || continue
		local packed=paysig-cli-$version-${platform%-musl} run=()
		case $os-$arch in
			linux-aarch64) run=(qemu-aarch64) ;;
			windows-*) run=(wine) ;;
			darwin-*) untested "the command line for $name" && continue ;;
		esac
		if [ "$os" = windows ]; then unzip -q "$dist/cli/$packed.zip" -d "$here"; else tar -xzf "$dist/cli/$packed.tar.gz" -C "$here"; fi
		local program=$here/$packed/paysig
		if [ "$os" = windows ]; then
			program+=.exe
			good "what this wine lacks" wine_lacks "$here/$packed"
		fi
		good "$name says its version" test "$("${run[@]}" "$program" --version | tr -d '\r')" = "paysig $version"
		conformance() { PAYSIG_CONFORM="${run[*]} $program conform" tests/conformance/check.py given; }
		good "$name answers the conformance lines" conformance
		good "$name has pages and completions" test -s "$here/$packed/man/paysig-sign.1" -a -s "$here/$packed/completions/paysig.zsh"
		good "$name has the page that it serves" test -s "$here/$packed/share/paysig/page/paysig/paysig.wasm"
		if [ "$os" = linux ]; then good "$name is static" test -z "$(llvm-readelf -d "$program" | grep NEEDED)"; fi
	done
}

check_deb() {
	for package in "$dist"/deb/*.deb; do
		good "$(basename "$package") is well-formed" dpkg-deb --info "$package"
	done
	# In a Debian that has nothing of this machine, installed, used and purged.
	fresh() {
		mmdebstrap --quiet --variant=apt --include=gcc,libc6-dev,pkgconf --format=null \
			--customize-hook="$shop/debian.sh \"\$1\" '$dist/deb' '$root/examples/c/sign_request.c' $version" bookworm -
	}
	good "amd64: installed in a new Debian, the example builds and runs; purged, nothing stays" fresh

	# Of arm64 the files are unpacked over a Debian of that kind, and run under qemu.
	good "a Debian for arm64" arm64_root
	local lib=$arm64/usr/lib/aarch64-linux-gnu
	unpacked() { for package in "$dist"/deb/*_arm64.deb; do dpkg-deb -x "$package" "$arm64"; done; }
	example() {
		# shellcheck disable=SC2046  # words
		"$zig" cc -target aarch64-linux-gnu.2.36 examples/c/sign_request.c -o "$here/sign_request" \
			$(PKG_CONFIG_LIBDIR=$lib/pkgconfig pkg-config --cflags --libs paysig)
		qemu-aarch64 -L "$arm64" "$here/sign_request" | grep '^Authorization: D24'
	}
	version_arm64() { test "$(qemu-aarch64 "$arm64/usr/bin/paysig" --version)" = "paysig $version"; }
	good "arm64: unpacked" unpacked
	good "arm64: the example builds and runs, under qemu" example
	good "arm64: paysig runs, under qemu" version_arm64
	good "its page reads" mandoc -T lint -W error "$arm64/usr/share/man/man1/paysig.1.gz"
}

check_go() {
	local proxy
	proxy=$(go env GOPROXY)
	export GOPROXY=file://$dist/go GOSUMDB=off GONOSUMDB='*' GOFLAGS='-mod=mod -modcacherw' GOTOOLCHAIN=local
	# A new directory each time: Go remembers by its path what a module's version holds.
	export GOMODCACHE=$here/go-modules-$$
	unset PKG_CONFIG_PATH
	mkdir "$here/go"
	cp "$shop/shop.go" "$here/go/main.go"
	cd "$here/go"
	go mod init shop >/dev/null 2>&1
	get() { go get "github.com/paysig/paysig/go@v$version"; }
	build() { CGO_ENABLED=1 go build -buildvcs=false -o "$1" "${@:2}" .; }
	vet() { go vet github.com/paysig/paysig/go; }
	vendored() { go mod vendor && GOFLAGS=-mod=vendor build vendored && signs ./vendored; }
	static=(-ldflags '-linkmode external -extldflags -static')
	good "go get" get
	good "go vet" vet
	good "x86_64, gcc and glibc" build gnu
	good "signs and verifies" signs ./gnu
	good "x86_64, static with musl" env_build x86_64-linux-musl amd64 musl "${static[@]}"
	good "signs and verifies" signs ./musl
	good "aarch64, static with musl" env_build aarch64-linux-musl arm64 musl-arm64 "${static[@]}"
	good "signs and verifies, under qemu" signs qemu-aarch64 ./musl-arm64
	# The archive for musl asks for getrandom, which glibc has since 2.25.
	good "aarch64, glibc 2.25" env_build aarch64-linux-gnu.2.25 arm64 gnu-arm64
	good "signs and verifies, under qemu" signs qemu-aarch64 -L /usr/aarch64-linux-gnu ./gnu-arm64
	GOOS=windows good "Windows" env_build x86_64-windows-gnu amd64 shop.exe
	good "what this wine lacks" wine_lacks .
	good "signs and verifies, under wine" signs wine ./shop.exe
	good "go mod vendor takes the archives along" vendored

	# Without cgo. What the second module needs comes from where Go gets modules, so this asks the network.
	export GOTOOLCHAIN=auto
	# shellcheck source=tests/go-new.sh
	. "$root/tests/go-new.sh"
	mkdir "$here/go-nocgo"
	cd "$here/go-nocgo"
	cp "$shop/shop.go" main.go
	printf 'package main\n\nimport _ "github.com/paysig/paysig/go/wasm"\n' >engine.go
	go mod init shop >/dev/null 2>&1
	get_wasm() { go get "github.com/paysig/paysig/go@v$version" "github.com/paysig/paysig/go/wasm@v$version"; }
	nocgo() { env CGO_ENABLED=0 CC=/bin/false GOARCH="$1" GOOS="$2" go build -buildvcs=false -o "$3" .; }
	GOPROXY=$GOPROXY,$proxy good "go get, with go/wasm" get_wasm
	good "x86_64, no C compiler" nocgo amd64 linux shop
	good "signs and verifies" signs ./shop
	good "aarch64, no C compiler" nocgo arm64 linux shop-arm64
	good "signs and verifies, under qemu" signs qemu-aarch64 ./shop-arm64
	good "Windows, no C compiler" nocgo amd64 windows shop.exe
	# Go looks for it there and nowhere else.
	good "what this wine lacks" wine_lacks "$work/wine/drive_c/windows/system32"
	good "signs and verifies, under wine" signs wine ./shop.exe
	good "macOS, no C compiler" nocgo arm64 darwin shop-darwin
	untested "the Go module on macOS"
	cd "$root"
}
env_build() { CC="$zig cc -target $1" GOARCH=$2 build "${@:3}"; }

check_php() {
	mkdir "$here/php"
	cp "$shop/shop.php" "$here/php/"
	cd "$here/php"
	# As Packagist describes it: the manifest in the zip, the version of the tag, and where the zip is.
	python3 - "$version" "$dist/php/paysig-php-$version.zip" >composer.json <<-'PYTHON'
		import json, sys, zipfile
		version, path = sys.argv[1:]
		package = json.loads(zipfile.ZipFile(path).read("composer.json"))
		package |= {"version": version, "dist": {"type": "zip", "url": "file://" + path}}
		print(json.dumps({"repositories": [{"type": "package", "package": package}, {"packagist.org": False}]}))
	PYTHON
	require() { COMPOSER_HOME=$here/composer COMPOSER_ALLOW_SUPERUSER=1 composer require --quiet --no-interaction "paysig/paysig:$version"; }
	ours() { env -u PAYSIG_LIBRARY php shop.php | grep "vendor/paysig/paysig/.*linux-x86_64/libpaysig.so.0"; }
	# As a machine sees it whose library is gone, and another's is there.
	foreign() {
		{ PAYSIG_LIBRARY=vendor/paysig/paysig/lib/linux-aarch64/libpaysig.so.0 php shop.php 2>&1 || true; } |
			grep 'the file is for linux-aarch64, and this PHP needs one for linux-x86_64'
	}
	good "composer require" require
	good "signs and verifies with the library inside" ours
	good "a library of another platform is named" foreign
	other_machine() {
		local php=$arm64/usr/lib/php/20220829
		qemu-aarch64 -L "$arm64" "$arm64/usr/bin/php8.2" -n -d "extension_dir=$php" -d extension=ffi.so -d ffi.enable=1 shop.php |
			grep 'vendor/paysig/paysig/.*linux-aarch64/libpaysig.so.0'
	}
	good "a Debian for arm64" arm64_root
	good "signs and verifies with the library for aarch64, under qemu" other_machine
	# What nothing here can load is at least what check-library.sh tries.
	tried() {
		for name in $(platforms); do
			use_platform "$name"
			local packed=vendor/paysig/paysig/lib/$composer_dir
			cmp "$packed"/* "$(find "$prefix" -type f \( -name 'libpaysig.so.*' -o -name 'libpaysig.*.dylib' -o -name paysig.dll \))"
		done
	}
	good "its libraries are those of c/" tried
	untested "the Composer package with a PHP for musl, Windows or macOS: none is here"
	cd "$root"
}

check_python() {
	python3 -m venv "$here/venv"
	pip() { "$here/venv/bin/pip" --quiet --disable-pip-version-check "$@"; }
	local here_only=(--no-index --find-links "$dist/python" --only-binary :all:)
	good "pip install" pip install "${here_only[@]}" paysig
	good "signs and verifies" signs "$here/venv/bin/python" -I "$shop/shop.py"
	good "twine check" twine check --strict "$dist"/python/*
	for wheel in "$dist"/python/*.whl; do
		good "$(basename "$wheel") keeps to the stable ABI" abi3audit --strict --assume-minimum-abi3 3.10 "$wheel"
	done
	for name in $(platforms); do
		use_platform "$name"
		# As pip asks there, on the oldest Python and on a newer one.
		case $os in linux) tag=${wheel_tag}_$arch ;; *) tag=$wheel_tag ;; esac
		for python in 3.10 3.14; do
			good "pip finds the wheel for $tag, Python $python" \
				pip install "${here_only[@]}" --platform "$tag" --python-version "$python" --target "$here/python-$name-$python" paysig
		done
	done
	other_machine() {
		PYTHONPATH=$here/python-linux-aarch64-gnu-3.10 signs qemu-aarch64 -L "$arm64" "$arm64/usr/bin/python3.11" "$shop/shop.py"
	}
	good "a Debian for arm64" arm64_root
	good "aarch64, glibc: signs and verifies, under qemu" other_machine
	for name in linux-x86_64-musl linux-aarch64-musl; do
		musl_only() { test "$(llvm-readelf -d "$here/python-$name-3.10"/paysig/*.so | grep NEEDED | grep -v '\[libc\.so\]')" = ""; }
		good "$name: needs musl only" musl_only
	done
	untested "the wheels for musl, Windows and macOS: no interpreter of theirs is here; installed, not imported"
}

# Built alone, from what the registry gets.
check_crates() {
	local crate
	for crate in paysig paysig-redis paysig-words paysig-cli; do tar -xzf "$dist/crates/$crate-$version.crate" -C "$here"; done
	# Of the crates that are not in the registry yet, each takes the packed one.
	alone() { # CRATE OTHER...
		local manifest=$here/$1-$version/Cargo.toml other
		# It is unpacked below this workspace, and none of it.
		printf '\n[workspace]\n[patch.crates-io]\n' >>"$manifest"
		for other in "${@:2}"; do printf '%s = { path = "../%s-%s" }\n' "$other" "$other" "$version" >>"$manifest"; done
		cargo check --quiet --target-dir "$here/crates" --manifest-path "$manifest"
	}
	good "paysig-cli builds alone, of the packed crates" alone paysig-cli paysig paysig-words
	good "paysig-redis builds alone, of the packed crates" alone paysig-redis paysig
}

check_npm() {
	mkdir "$here/npm"
	cp "$shop/shop.mjs" "$here/npm/"
	cd "$here/npm"
	good "npm install" npm install --silent --no-audit --no-fund --offline "$dist/npm/paysig-$version.tgz"
	good "signs and verifies" signs node shop.mjs
	cd "$root"
}

what=("$@")
[ $# -gt 0 ] || what=(libraries cli deb go php python crates npm)
for part in "${what[@]}"; do
	say "$part"
	"check_$part"
done
counted dist-check
