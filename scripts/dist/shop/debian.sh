#!/usr/bin/env bash
# Installs the packages for amd64 in a new Debian, uses them, and purges them: debian.sh ROOT PACKAGES EXAMPLE VERSION, by mmdebstrap.
set -euo pipefail
root=$1 packages=$2 example=$3 version=$4
inside() { chroot "$root" "$@"; }
mkdir "$root/try"
cp "$packages"/*_amd64.deb "$example" "$root/try/"
inside sh -c 'apt-get install -y --no-install-recommends /try/*.deb'

inside sh -c 'cc /try/sign_request.c -o /try/shared $(pkg-config --cflags --libs paysig)'
inside /try/shared | grep '^Authorization: D24'
inside sh -c 'ldd /try/shared' | grep libpaysig.so.0
inside sh -c 'cc /try/sign_request.c -o /try/static -Wl,--as-needed $(pkg-config --static --cflags --libs paysig | sed s/-lpaysig/-l:libpaysig.a/)'
inside /try/static | grep '^Authorization: D24'
(! inside sh -c 'ldd /try/static' | grep libpaysig)

test "$(inside paysig --version)" = "paysig $version"
inside dpkg --verify libpaysig0 libpaysig-dev paysig
for file in man/man1/paysig-sign.1.gz bash-completion/completions/paysig zsh/vendor-completions/_paysig fish/vendor_completions.d/paysig.fish paysig/page/index.html; do
	inside dpkg-query --listfiles paysig | grep -x "/usr/share/$file"
done

inside apt-get purge -y libpaysig0 libpaysig-dev paysig
(! find "$root/usr" -name '*paysig*' | grep .)
