#!/usr/bin/env bash
# Debian packages, by dpkg-deb: libpaysig0 (the shared library), libpaysig-dev (headers, archive, pkg-config, CMake) and paysig (the
# command line, static, with manual pages and completions), for each architecture that is built. They run on every Debian and Ubuntu
# with glibc 2.17, hence no version in Depends.
set -euo pipefail
. "$(dirname "$0")/common.sh"
mkdir -p "$dist/deb"

deb() { # PACKAGE SECTION DEPENDS DESCRIPTION EXTENDED
	local tree=$here/$1
	install -d "$tree/DEBIAN" "$tree/usr/share/doc/$1"
	{
		printf 'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\nUpstream-Name: paysig\n'
		printf 'Source: https://github.com/paysig/paysig\n\nFiles: *\nCopyright: The paysig authors\nLicense: MIT or Apache-2.0\n'
		sed 's/^$/./; s/^/ /' LICENSE-MIT
		printf ' .\n On Debian systems, the Apache License is in /usr/share/common-licenses/Apache-2.0.\n'
	} >"$tree/usr/share/doc/$1/copyright"
	{
		printf 'paysig (%s-1) unstable; urgency=low\n\n  * See https://github.com/paysig/paysig/blob/main/CHANGELOG.md\n\n' "$version"
		printf ' -- The paysig authors <authors@paysig.invalid>  %s\n' "$(date -uR -d "@$SOURCE_DATE_EPOCH")"
	} | gzip -9n >"$tree/usr/share/doc/$1/changelog.Debian.gz"
	(cd "$tree" && find usr -type f -printf '%P\0' | LC_ALL=C sort -z | sed -z 's|^|usr/|' | xargs -0 md5sum >DEBIAN/md5sums)
	{
		printf 'Package: %s\nSource: paysig\nVersion: %s-1\nArchitecture: %s\nMulti-Arch: %s\n' "$1" "$version" "$debian_arch" "$6"
		printf 'Maintainer: The paysig authors <authors@paysig.invalid>\nSection: %s\nPriority: optional\n' "$2"
		[ -z "$3" ] || printf 'Depends: %s\n' "$3"
		printf 'Homepage: https://github.com/paysig/paysig\nInstalled-Size: %s\n' "$(du -sk "$tree/usr" | cut -f1)"
		printf 'Description: %s\n %s\n' "$4" "$5"
	} >"$tree/DEBIAN/control"
	find "$tree" -exec touch -hd "@$SOURCE_DATE_EPOCH" {} +
	chmod -R u=rwX,go=rX "$tree"
	dpkg-deb --root-owner-group --build "$tree" "$dist/deb" >/dev/null
}

for name in $(platforms); do
	use_platform "$name"
	[ "$debian_arch" != - ] || continue
	[ -d "$prefix" ] || { echo "no Debian packages for $debian_arch: $name is not built" && continue; }
	multiarch=$arch-linux-gnu
	here=$work/deb/$debian_arch
	rm -rf "$here"
	# Laid out once, then shared out: what programs need to run, and what is needed to build them.
	STRIP='' scripts/prefix.sh "$here/libpaysig-dev/usr" linux "$built" ffi/dist/static-libs.txt "lib/$multiarch"
	install -d "$here/libpaysig0/usr/lib/$multiarch" "$here/libpaysig0/DEBIAN"
	mv "$here/libpaysig-dev/usr/lib/$multiarch"/libpaysig.so.* "$here/libpaysig0/usr/lib/$multiarch/"
	chmod 644 "$here/libpaysig0/usr/lib/$multiarch/libpaysig.so.$version"
	echo 'activate-noawait ldconfig' >"$here/libpaysig0/DEBIAN/triggers"
	echo 'libpaysig 0 libpaysig0' >"$here/libpaysig0/DEBIAN/shlibs"
	install -Dm644 "$prefix/share/doc/paysig/LICENSES-DEPENDENCIES.txt" -t "$here/libpaysig0/usr/share/doc/libpaysig0"
	what='signs requests to payment providers, verifies webhooks'
	deb libpaysig0 libs 'libc6 (>= 2.17)' "$what (library)" 'One engine in which a provider is a recipe: the C library.' same
	deb libpaysig-dev libdevel "libpaysig0 (= $version-1)" "$what (development files)" \
		'Headers for C and C++, the archive, and what pkg-config and CMake read.' same

	# The static program of the other libc.
	cli=$dist/cli/paysig-cli-$version-linux-$arch.tar.gz
	[ -e "$cli" ] || { echo "no Debian package of the command line for $debian_arch: it is not built" && continue; }
	rm -rf "$here/cli"
	mkdir "$here/cli"
	tar -xzf "$cli" -C "$here/cli" --strip-components=1
	install -Dm755 "$here/cli/paysig" -t "$here/paysig/usr/bin"
	install -d "$here/paysig/usr/share/man/man1"
	for page in "$here"/cli/man/*.1; do gzip -9n <"$page" >"$here/paysig/usr/share/man/man1/$(basename "$page").gz"; done
	install -Dm644 "$here/cli/completions/paysig.bash" "$here/paysig/usr/share/bash-completion/completions/paysig"
	install -Dm644 "$here/cli/completions/paysig.zsh" "$here/paysig/usr/share/zsh/vendor-completions/_paysig"
	install -Dm644 "$here/cli/completions/paysig.fish" "$here/paysig/usr/share/fish/vendor_completions.d/paysig.fish"
	install -Dm644 "$here/cli/LICENSES-DEPENDENCIES.txt" -t "$here/paysig/usr/share/doc/paysig"
	cp -r "$here/cli/share/paysig" "$here/paysig/usr/share/"
	deb paysig utils '' "$what (command line)" 'Sign, verify, explain and diagnose messages; a provider on your own machine.' foreign
done
