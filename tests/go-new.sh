# Sourced: puts a go on PATH that is new enough for go/wasm. From 1.21 on, go fetches the toolchain that a go.mod asks for by itself;
# this does the same for an older one, as Debian 12 has it, from where Go gets modules.
# shellcheck shell=bash
if [ -z "$(go version | sed -n 's/^go version go1\.\(2[1-9]\|[3-9][0-9]\).*/new/p')" ]; then
	go_new=golang.org/toolchain@v0.0.1-go$(sed -n 's/^go //p' "$(dirname "${BASH_SOURCE[0]}")/../go/wasm/go.mod").$(go env GOOS)-$(go env GOARCH)
	go_dir=$(cd / && GOFLAGS=-mod=mod go mod download -json "$go_new" | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p')
	[ -n "$go_dir" ] || { echo "tests/go-new.sh: $go_new cannot be fetched" >&2 && exit 1; }
	# A module's files are not executable.
	chmod -R u+w "$go_dir"
	chmod +x "$go_dir"/bin/* "$go_dir"/pkg/tool/*/*
	PATH=$go_dir/bin:$PATH
fi
