<?php

declare(strict_types=1);

namespace Paysig\Tests;

use Paysig\Native\Library;
use PHPUnit\Framework\TestCase;

/** The production recipe of README.md: ffi.enable=preload, the header in ffi.preload, the classes in opcache.preload. */
final class PreloadTest extends TestCase
{
    private const WORKS = 'shop-login catalogue closed to others';
    private const SCRIPTS = __DIR__ . '/servers';

    private static string $folder;

    public static function setUpBeforeClass(): void
    {
        // FFI_LIB is a name that the system looks up; here it is a path, as where the library is not installed.
        self::$folder = \sys_get_temp_dir() . '/paysig-preload-' . \getmypid();
        \mkdir(self::$folder, 0755);
        $library = \realpath((string) \getenv('PAYSIG_LIBRARY'));
        $text = (string) \file_get_contents(Library::HEADER);
        $text = \str_replace('#define FFI_LIB "libpaysig.so.0"', "#define FFI_LIB \"$library\"", $text, $count);
        self::assertSame(1, $count);
        \file_put_contents(self::$folder . '/paysig.ffi.h', $text);
    }

    public static function tearDownAfterClass(): void
    {
        \array_map(\unlink(...), (array) \glob(self::$folder . '/*'));
        \rmdir(self::$folder);
    }

    /** @return list<string> */
    private static function options(bool $header, bool $classes): array
    {
        $options = ['-d', 'ffi.enable=preload', '-d', 'opcache.enable=1', '-d', 'opcache.enable_cli=1'];
        if ($header) {
            \array_push($options, '-d', 'ffi.preload=' . self::$folder . '/paysig.ffi.h');
        }
        if ($classes) {
            \array_push($options, '-d', 'opcache.preload=' . \dirname(__DIR__) . '/preload.php');
            if (\posix_getuid() === 0) {
                \array_push($options, '-d', 'opcache.preload_user=www-data');
            }
        }
        return $options;
    }

    public function testTheCliServer(): void
    {
        $server = Server::php(self::SCRIPTS . '/preloaded.php', self::options(true, true));
        // The second request runs on what the first left.
        for ($i = 0; $i < 2; $i++) {
            self::assertSame(self::WORKS, \file_get_contents($server->url()), $server->log());
        }
    }

    public function testClassesThatAreNotPreloadedSayWhatIsMissing(): void
    {
        $server = Server::php(self::SCRIPTS . '/unloaded.php', self::options(true, false));
        $text = (string) \file_get_contents($server->url());
        self::assertStringContainsString('ffi.enable is "preload" in ' . \php_ini_loaded_file(), $text);
        self::assertStringContainsString('`opcache.preload=' . \dirname(__DIR__) . '/preload.php`', $text);
    }

    public function testPhpFpm(): void
    {
        $fpm = \glob('/usr/sbin/php-fpm' . \PHP_MAJOR_VERSION . '.' . \PHP_MINOR_VERSION)[0] ?? '';
        self::assertNotSame('', $fpm, 'php-fpm is not installed');
        $port = Server::port();
        $user = \posix_getuid() === 0 ? "user = www-data\ngroup = www-data\n" : '';
        $configuration = self::$folder . '/fpm.conf';
        \file_put_contents($configuration, "[global]\nerror_log = /dev/stderr\ndaemonize = no\n[www]\n$user"
            . "listen = 127.0.0.1:$port\npm = static\npm.max_children = 2\nclear_env = yes\n");
        $server = Server::at("tcp://127.0.0.1:$port", [$fpm, '-F', '-y', $configuration, ...self::options(true, true)]);
        for ($i = 0; $i < 4; $i++) {
            self::assertSame(self::WORKS, FastCgi::get($server->address, self::SCRIPTS . '/preloaded.php'), $server->log());
        }
    }
}
