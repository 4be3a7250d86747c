<?php

declare(strict_types=1);

namespace Paysig\Native;

use Paysig\Exception\NativeLibraryException;

/**
 * Finds and loads the C library: the scope that php.ini preloaded, else PAYSIG_LIBRARY, else the one in this package, else the
 * system's.
 *
 * @internal
 */
final class Library
{
    /** The ABI that this package was written for; a greater one of the same soname is compatible. */
    public const ABI_VERSION = 1;
    public const HEADER = __DIR__ . '/../../lib/paysig.ffi.h';

    /** The C declarations, callable. */
    public static function load(): \FFI
    {
        if (!\extension_loaded('ffi')) {
            throw new NativeLibraryException(
                'the PHP extension FFI is not loaded: install it (Debian: php-common; Docker: docker-php-ext-install ffi)'
                . ' and put `extension=ffi` into ' . self::ini(),
            );
        }
        if (\in_array(\strtolower((string) \ini_get('ffi.enable')), ['', '0', 'off', 'false', 'no'], true)) {
            throw new NativeLibraryException('FFI is switched off: put `ffi.enable=preload` into ' . self::ini()
                . self::recipe());
        }
        try {
            $ffi = \FFI::scope('PAYSIG');
            self::checkAbi($ffi, 'the library that ffi.preload loaded');
            return $ffi;
        } catch (\FFI\Exception $absent) {
            self::explainRestriction($absent);
        }
        $path = self::path();
        try {
            // Three words first: a library of another age lacks some function and would say no more than that.
            self::checkAbi(\FFI::cdef('uint32_t paysig_abi_version(void);', $path), $path);
            return \FFI::cdef(self::declarations(), $path);
        } catch (\FFI\Exception $failure) {
            self::explainRestriction($failure);
            throw new NativeLibraryException(
                "the C library $path cannot be loaded ({$failure->getMessage()}): " . self::remedy($path),
                previous: $failure,
            );
        }
    }

    /** Where the library is: a path, or a name that the system looks up. */
    public static function path(): string
    {
        $given = \getenv('PAYSIG_LIBRARY');
        if (\is_string($given) && $given !== '') {
            if (\str_contains($given, '/') && !\is_file($given)) {
                throw new NativeLibraryException("PAYSIG_LIBRARY is $given, but there is no such file: change it or unset it");
            }
            return $given;
        }
        $bundled = \dirname(self::HEADER) . '/' . self::platform() . '/' . self::name();
        return \is_file($bundled) ? $bundled : self::name();
    }

    /** "linux-x86_64", "linux-aarch64-musl", "darwin-arm64", "windows-AMD64". */
    public static function platform(): string
    {
        $musl = \PHP_OS_FAMILY === 'Linux' && \str_contains((string) @\file_get_contents('/proc/self/maps'), '/ld-musl-');
        return \strtolower(\PHP_OS_FAMILY) . '-' . \php_uname('m') . ($musl ? '-musl' : '');
    }

    /** The versioned name, so that no library of another ABI is taken. */
    private static function name(): string
    {
        return match (\PHP_OS_FAMILY) {
            'Windows' => 'paysig.dll',
            'Darwin' => 'libpaysig.0.dylib',
            default => 'libpaysig.so.0',
        };
    }

    /** FFI::cdef knows no preprocessor line, not even those of FFI::load. */
    private static function declarations(): string
    {
        $text = @\file_get_contents(self::HEADER);
        if ($text === false) {
            throw new NativeLibraryException(self::HEADER . ' cannot be read: install paysig/paysig again');
        }
        return (string) \preg_replace('/^#define .*$/m', '', $text);
    }

    /** What to do about a library that does not load. */
    private static function remedy(string $path): string
    {
        $here = self::platform();
        $found = Binary::platform($path);
        if ($found !== null && $found !== $here) {
            return "the file is for $found, and this PHP needs one for $here: take that one";
        }
        $remedy = 'install it where the system looks (ldconfig), or set the environment variable PAYSIG_LIBRARY to its path';
        $carried = \array_map(\basename(...), (array) \glob(\dirname(self::HEADER) . '/*', GLOB_ONLYDIR));
        return $carried === [] || \in_array($here, $carried, true) ? $remedy
            : "this package carries libraries for " . \implode(', ', $carried) . ", none for $here: $remedy";
    }

    private static function checkAbi(\FFI $ffi, string $where): void
    {
        $found = $ffi->paysig_abi_version();
        if ($found < self::ABI_VERSION) {
            throw new NativeLibraryException(
                "$where has ABI version $found, and this package needs " . self::ABI_VERSION . ' or newer: update the'
                . ' library, or point PAYSIG_LIBRARY (FFI_LIB in the header of ffi.preload) to a newer one',
                \Paysig\Status::AbiMismatch,
            );
        }
    }

    private static function explainRestriction(\FFI\Exception $failure): void
    {
        if (\str_contains($failure->getMessage(), 'restricted')) {
            throw new NativeLibraryException(
                'ffi.enable is "preload" in ' . self::ini() . ', and paysig was not preloaded' . self::recipe(),
                previous: $failure,
            );
        }
    }

    private static function recipe(): string
    {
        return '; with it, put `ffi.preload=' . \realpath(self::HEADER) . '` and `opcache.preload='
            . \realpath(__DIR__ . '/../../preload.php') . '` there (or, for development only, `ffi.enable=1`)';
    }

    private static function ini(): string
    {
        return \php_ini_loaded_file() ?: 'php.ini';
    }
}
