<?php

declare(strict_types=1);

namespace Paysig\Native;

/**
 * What a library file was built for, read from its first bytes: the loader's own words ("cannot open shared object file") do not say
 * that a file is there but is another machine's.
 *
 * @internal
 */
final class Binary
{
    /** e_machine of ELF and cputype of Mach-O, under the names that Library::platform() uses. */
    private const ELF = [62 => 'x86_64', 183 => 'aarch64', 3 => 'i386', 40 => 'arm', 243 => 'riscv64'];
    private const MACH = [0x01000007 => 'x86_64', 0x0100000c => 'arm64'];
    private const PE = [0x8664 => 'AMD64', 0xaa64 => 'ARM64', 0x014c => 'x86'];

    /** "linux-aarch64-musl", or null if the file cannot be read or is no library of a kind that is known. */
    public static function platform(string $file): ?string
    {
        $bytes = \is_file($file) ? (string) @\file_get_contents($file) : '';
        if (\strlen($bytes) < 64) {
            return null;
        }
        if (\str_starts_with($bytes, "\x7fELF")) {
            $machine = self::ELF[\unpack('v', $bytes, 18)[1]] ?? null;
            // A library for musl names libc.so, one for glibc libc.so.6.
            $musl = \str_contains($bytes, "\0libc.so\0") || \str_contains($bytes, "\0libc.musl-");
            return $machine === null ? null : "linux-$machine" . ($musl ? '-musl' : '');
        }
        if (\str_starts_with($bytes, "\xcf\xfa\xed\xfe")) {
            $machine = self::MACH[\unpack('V', $bytes, 4)[1]] ?? null;
            return $machine === null ? null : "darwin-$machine";
        }
        if (\str_starts_with($bytes, 'MZ')) {
            $header = \unpack('V', $bytes, 60)[1];
            $machine = \strlen($bytes) < $header + 6 ? null : self::PE[\unpack('v', $bytes, $header + 4)[1]] ?? null;
            return $machine === null ? null : "windows-$machine";
        }
        return null;
    }
}
