<?php

declare(strict_types=1);

namespace Paysig\Tests;

use Paysig\Exception\VerificationException;
use Paysig\Flow;
use Paysig\Http\MemoryReplayGuard;
use Paysig\Signer;
use Paysig\Verifier;
use PHPUnit\Framework\TestCase;

final class MemoryTest extends TestCase
{
    private const CREDENTIALS = ['login' => 'shop-login', 'secret' => 'api-signature'];

    /** What the machine holds for this process, of PHP and of C, in bytes. */
    public static function resident(): int
    {
        \gc_collect_cycles();
        \gc_mem_caches();
        $pages = \explode(' ', (string) \file_get_contents('/proc/self/statm'))[1];
        return 4096 * (int) $pages;
    }

    /** What a call takes, it gives back. PAYSIG_CALLS says how many calls, 200,000 if it says nothing. */
    public function testMemoryStaysFlat(): void
    {
        $calls = (int) (\getenv('PAYSIG_CALLS') ?: 200_000);
        $signer = new Signer('directa24-deposits', self::CREDENTIALS);
        $verifier = new Verifier('directa24-deposits', self::CREDENTIALS, Flow::Request);
        $guard = new MemoryReplayGuard(retention: 3600, capacity: 1);
        $refused = 0;
        // Four calls each.
        $rounds = static function (int $count) use ($signer, $verifier, $guard, &$refused): void {
            for ($i = 0; $i < $count; $i++) {
                $headers = $signer->sign('POST', '/v3/deposits', [], '{"amount":"1.50"}')->headerMap();
                $verified = $verifier->verify('POST', '/v3/deposits', $headers, '{"amount":"1.50"}');
                $guard->release($guard->begin($verified->replayKey));
                try {
                    $verifier->verify('POST', '/v3/deposits', $headers, '{}');
                } catch (VerificationException) {
                    $refused++;
                }
            }
        };
        $rounds(\intdiv($calls, 20));
        $before = self::resident();
        $rounds(\intdiv($calls, 4));
        // A leak of 32 bytes in one of the calls would be 1.6 MB.
        self::assertLessThan(1 << 20, self::resident() - $before);
        self::assertSame(\intdiv($calls, 20) + \intdiv($calls, 4), $refused);
    }
}
