<?php

declare(strict_types=1);

namespace Paysig\Tests;

use Paysig\Native\Library;
use PHPUnit\Framework\TestCase;

/** What is wrong with the machine is said so that it can be mended: which ini line, which path. */
final class LibraryTest extends TestCase
{
    private const CALL = 'try { echo count(Paysig\Scheme::catalogue()) > 20 ? "works" : "few"; }'
        . ' catch (Paysig\Exception\NativeLibraryException $e) { echo $e->getMessage(); }';

    /**
     * @param list<string> $options
     * @param array<string, string> $environment
     */
    private static function php(array $options = [], array $environment = [], string $code = self::CALL): string
    {
        $code = 'require ' . \var_export(\dirname(__DIR__) . '/autoload.php', true) . ';' . $code;
        $pipes = [];
        $process = \proc_open(
            [\PHP_BINARY, ...$options, '-r', $code],
            [1 => ['pipe', 'w'], 2 => ['redirect', 1]],
            $pipes,
            null,
            $environment + \getenv(),
        );
        $output = (string) \stream_get_contents($pipes[1]);
        \proc_close($process);
        return $output;
    }

    /** @param string $code in C */
    private static function compile(string $code): string
    {
        $base = \sys_get_temp_dir() . '/paysig-' . \getmypid() . '-' . \md5($code);
        \file_put_contents("$base.c", $code);
        \exec("cc -shared -fPIC -o $base.so $base.c", result_code: $failed);
        \unlink("$base.c");
        self::assertSame(0, $failed);
        return "$base.so";
    }

    public function testThisLibrary(): void
    {
        self::assertSame('works', self::php());
    }

    public function testAPathThatIsNotThere(): void
    {
        $text = self::php([], ['PAYSIG_LIBRARY' => '/no/such/libpaysig.so.0']);
        self::assertSame('PAYSIG_LIBRARY is /no/such/libpaysig.so.0, but there is no such file: change it or unset it', $text);
    }

    public function testNoLibraryAtAll(): void
    {
        $text = self::php([], ['PAYSIG_LIBRARY' => 'libpaysig-of-nobody.so.0']);
        self::assertStringContainsString('libpaysig-of-nobody.so.0 cannot be loaded', $text);
        self::assertStringContainsString('ldconfig', $text);
        self::assertStringContainsString('PAYSIG_LIBRARY', $text);
    }

    /** A library of another machine says whose it is: only what the header holds is read, so that none has to be built. */
    public function testALibraryForAnotherPlatform(): void
    {
        $elf = \str_pad("\x7fELF\x02\x01\x01", 18, "\0") . \pack('v', 183) . \str_repeat("\0", 64);
        $pe = \str_pad('MZ', 60, "\0") . \pack('V', 64) . "PE\0\0" . \pack('v', 0xaa64) . \str_repeat("\0", 64);
        $macho = "\xcf\xfa\xed\xfe" . \pack('V', 0x0100000c) . \str_repeat("\0", 64);
        $file = \sys_get_temp_dir() . '/paysig-' . \getmypid() . '-foreign.so';
        $foreign = [
            'linux-aarch64' => $elf,
            'linux-aarch64-musl' => $elf . "\0libc.so\0",
            'windows-ARM64' => $pe,
            'darwin-arm64' => $macho,
        ];
        foreach ($foreign as $platform => $bytes) {
            \file_put_contents($file, $bytes);
            $text = self::php([], ['PAYSIG_LIBRARY' => $file]);
            self::assertStringContainsString("the C library $file cannot be loaded", $text);
            $here = Library::platform();
            self::assertStringEndsWith("the file is for $platform, and this PHP needs one for $here: take that one", $text);
        }
        // What is cut short, or is no library, is not guessed at.
        foreach (['', 'MZ', \substr($pe, 0, 66), 'GNU ld script'] as $bytes) {
            \file_put_contents($file, $bytes);
            self::assertStringContainsString('PAYSIG_LIBRARY to its path', self::php([], ['PAYSIG_LIBRARY' => $file]));
        }
        \unlink($file);
    }

    public function testAnOlderLibrary(): void
    {
        $library = self::compile('unsigned paysig_abi_version(void) { return 0; }');
        $text = self::php([], ['PAYSIG_LIBRARY' => $library]);
        self::assertStringContainsString("$library has ABI version 0, and this package needs 1 or newer", $text);
        \unlink($library);
    }

    public function testALibraryThatLacksFunctions(): void
    {
        $library = self::compile('unsigned paysig_abi_version(void) { return 1; }');
        self::assertStringContainsString('cannot be loaded (Failed resolving C function', self::php([], [
            'PAYSIG_LIBRARY' => $library,
        ]));
        \unlink($library);
    }

    public function testFfiSwitchedOff(): void
    {
        $text = self::php(['-d', 'ffi.enable=0']);
        self::assertStringContainsString('put `ffi.enable=preload` into ' . \php_ini_loaded_file(), $text);
        self::assertStringContainsString('`opcache.preload=' . \dirname(__DIR__) . '/preload.php`', $text);
    }

    public function testNoExtension(): void
    {
        self::assertStringContainsString('extension=ffi', self::php(['-n']));
    }

    public function testTheSearchOrder(): void
    {
        $code = 'echo Paysig\Native\Library::path();';
        self::assertSame('libpaysig.so.0', self::php([], ['PAYSIG_LIBRARY' => ''], $code));
        $folder = \dirname(Library::HEADER) . '/' . Library::platform();
        self::assertDirectoryDoesNotExist($folder);
        \mkdir($folder);
        \touch("$folder/libpaysig.so.0");
        try {
            $bundled = self::php([], ['PAYSIG_LIBRARY' => ''], $code);
            self::assertSame(\realpath("$folder/libpaysig.so.0"), \realpath($bundled));
            self::assertSame('other.so', self::php([], ['PAYSIG_LIBRARY' => 'other.so'], $code));
        } finally {
            \unlink("$folder/libpaysig.so.0");
            \rmdir($folder);
        }
    }

    public function testTheDeclarationsAreThoseOfTheLibrary(): void
    {
        self::assertSame(Library::ABI_VERSION, \Paysig\Native\Native::ffi()->paysig_abi_version());
        // Read as a whole.
        self::assertSame(136, \FFI::sizeof(\Paysig\Native\Native::take()->signed));
        $composer = \json_decode((string) \file_get_contents(\dirname(__DIR__) . '/composer.json'), true);
        self::assertSame('paysig/paysig', $composer['name']);
        self::assertMatchesRegularExpression('/^\d+\.\d+\.\d+$/D', \Paysig\Native\Native::version());
    }
}
