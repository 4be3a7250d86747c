<?php

declare(strict_types=1);

namespace Paysig\Tests;

use Paysig\Native\Native;
use Paysig\Signer;
use PHPUnit\Framework\TestCase;

/** Calls from where PHP lets other code in: signal handlers, and destructors at the end of a script and in garbage cycles. */
final class NestedCallsTest extends TestCase
{
    private const CREDENTIALS = ['login' => 'shop-login', 'secret' => 'api-signature'];
    private const MESSAGE = ['POST', '/v3/deposits', [], '{}', 1767323045000];

    private static function authorization(): string
    {
        $mac = \hash_hmac('sha256', '2026-01-02T03:04:05Zshop-login{}', 'api-signature');
        return "D24 $mac";
    }

    private static function output(string $script): string
    {
        $command = [\PHP_BINARY, '-d', 'ffi.enable=1', '-d', 'display_errors=stderr', __DIR__ . "/servers/$script"];
        $program = \proc_open($command, [1 => ['pipe', 'w']], $pipes);
        $output = (string) \stream_get_contents($pipes[1]);
        self::assertSame(0, \proc_close($program), $output);
        return $output;
    }

    public function testSignalHandlersThatCall(): void
    {
        $result = \json_decode(self::output('interrupted.php'), true, flags: \JSON_THROW_ON_ERROR);
        self::assertSame([], $result['wrong']);
        self::assertSame([], $result['keeping']);
        self::assertGreaterThan(0, \min($result['calls']), \json_encode($result['calls']));
        self::assertGreaterThan(10, $result['handlers']);
        self::assertGreaterThan(10, $result['claims']);
    }

    public function testDestructorsAtTheEndOfAScript(): void
    {
        [$first, $last, $end] = \explode("\n", self::output('shutdown.php'));
        self::assertSame(self::authorization() . ' shop-login', $first);
        self::assertStringStartsWith('NullArgument null_argument: signer is null: it was used after PHP had destroyed it', $last);
        self::assertSame('', $end);
    }

    public function testDestructorsInGarbageCycles(): void
    {
        $signed = [];
        $cycles = static function (int $count) use (&$signed): void {
            for ($i = 0; $i < $count; $i++) {
                new class (new Signer('directa24-deposits', self::CREDENTIALS), self::MESSAGE, $signed) {
                    private object $self;

                    /**
                     * @param list<mixed> $message
                     * @param array<string, int> $signed how often each signature came
                     */
                    public function __construct(private Signer $signer, private array $message, private array &$signed)
                    {
                        $this->self = $this;
                    }

                    public function __destruct()
                    {
                        $authorization = (string) $this->signer->sign(...$this->message)->header('Authorization');
                        $this->signed[$authorization] = ($this->signed[$authorization] ?? 0) + 1;
                    }
                };
                if ($i % 10 === 9) {
                    \gc_collect_cycles();
                }
            }
        };
        $cycles(20);
        $before = MemoryTest::resident();
        $cycles(100);
        self::assertSame([self::authorization() => 120], $signed);
        // A signer and its scheme take 20 KB of the C library.
        self::assertLessThan(1 << 20, MemoryTest::resident() - $before);
    }

    /** As of a call that a handler's exception ended. */
    public function testACallThatDoesNotGiveBack(): void
    {
        $signer = new Signer('directa24-deposits', self::CREDENTIALS);
        $lost = Native::take();
        self::assertSame(self::authorization(), $signer->sign(...self::MESSAGE)->header('Authorization'));
        $next = Native::take();
        self::assertNotSame($lost, $next);
        self::assertNotSame($next, Native::take());
        $next->give();
        self::assertSame($next, Native::take());
    }
}
