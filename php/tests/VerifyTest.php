<?php

declare(strict_types=1);

namespace Paysig\Tests;

use Paysig\Exception\PaysigException;
use Paysig\Exception\VerificationException;
use Paysig\Flow;
use Paysig\Key;
use Paysig\Scheme;
use Paysig\Signer;
use Paysig\Status;
use Paysig\Verdict;
use Paysig\Verifier;
use PHPUnit\Framework\TestCase;

final class VerifyTest extends TestCase
{
    private const CREDENTIALS = ['login' => 'shop-login', 'secret' => 'api-signature'];
    private const BODY = '{"amount":"1.50"}';
    private const NOW = 1767323045000;

    /** @return array<string, string> */
    private static function headers(): array
    {
        return (new Signer('directa24-deposits', self::CREDENTIALS))
            ->sign('POST', '/v3/deposits', [], self::BODY, self::NOW)->headerMap();
    }

    public function testVerifies(): void
    {
        $verifier = new Verifier('directa24-deposits', self::CREDENTIALS, Flow::Request);
        $verified = $verifier->verify('POST', '/v3/deposits', self::headers(), self::BODY, self::NOW + 1000);
        self::assertSame('shop-login', $verified->keyId);
        self::assertSame('2026-01-02T03:04:05.000', $verified->timestamp?->format('Y-m-d\TH:i:s.v'));
        self::assertSame(['x-date', 'x-login'], $verified->covered->headers);
        self::assertSame('all', $verified->covered->body);
        self::assertFalse($verified->covered->method || $verified->covered->path || $verified->covered->query);
        self::assertMatchesRegularExpression('/^[0-9a-f]{64}$/D', $verified->replayKey);
        self::assertSame([0, 1, null], [$verified->keyIndex, $verified->items, $verified->signedJson]);
    }

    public function testHeadersOfEveryShape(): void
    {
        $verifier = new Verifier('directa24-deposits', self::CREDENTIALS, Flow::Request);
        $map = self::headers();
        $lists = \array_map(static fn (string $value): array => [$value], $map);
        $pairs = \array_map(static fn (string $name): array => [$name, $map[$name]], \array_keys($map));
        foreach ([$map, $lists, $pairs, \array_change_key_case($map)] as $headers) {
            self::assertSame('shop-login', $verifier->verify('POST', '/', $headers, self::BODY, self::NOW)->keyId);
        }
    }

    /**
     * @dataProvider refusals
     * @param callable(array<string, string>): array<mixed> $spoil
     */
    public function testRefuses(Verdict $verdict, int $http, callable $spoil, string $body = self::BODY, int $later = 0): void
    {
        $verifier = new Verifier('directa24-deposits', self::CREDENTIALS, Flow::Request, maxBody: 1000);
        try {
            $verifier->verify('POST', '/', $spoil(self::headers()), $body, self::NOW + $later);
            self::fail('accepted');
        } catch (VerificationException $refused) {
            self::assertSame([$verdict, $http], [$refused->verdict, $refused->httpStatus]);
            self::assertSame($verdict->status(), $refused->status);
            self::assertStringStartsWith($verdict->status()->label() . ': ', $refused->getMessage());
        }
    }

    public static function refusals(): iterable
    {
        $same = static fn (array $headers): array => $headers;
        yield [Verdict::SignatureMismatch, 401, $same, '{"amount":"9.50"}'];
        yield [Verdict::TimestampTooOld, 401, $same, self::BODY, 3600000];
        yield [Verdict::TimestampTooNew, 401, $same, self::BODY, -3600000];
        yield [Verdict::TooLarge, 413, $same, \str_repeat('x', 1001)];
        yield [Verdict::MissingSignature, 400, static fn (array $h): array => \array_diff_key($h, ['Authorization' => 0])];
        yield [Verdict::MalformedSignature, 400, static fn (array $h): array => ['Authorization' => 'D24 xyz'] + $h];
        yield [Verdict::MissingField, 400, static fn (array $h): array => \array_diff_key($h, ['X-Date' => 0])];
        yield [Verdict::MalformedField, 400, static fn (array $h): array => ['X-Date' => 'noon'] + $h];
        yield [Verdict::DuplicateField, 400, static fn (array $h): array => ['X-Date' => [$h['X-Date'], $h['X-Date']]] + $h];
        yield [Verdict::UnknownKey, 401, static fn (array $h): array => ['X-Login' => 'other'] + $h];
    }

    public function testKeyRings(): void
    {
        $other = ['secret' => 'other'] + self::CREDENTIALS;
        $verifier = new Verifier('directa24-deposits', [$other, new Key(self::CREDENTIALS)], Flow::Request);
        $verify = static fn (Verifier $verifier) => $verifier->verify('POST', '/', self::headers(), self::BODY, self::NOW);
        self::assertSame(1, $verify($verifier)->keyIndex);
        self::assertSame(0, $verify($verifier->withKeys(self::CREDENTIALS))->keyIndex);
        foreach (
            [
                [Verdict::SignatureMismatch, $other],
                [Verdict::KeyExpired, [new Key(self::CREDENTIALS, notAfter: self::NOW - 1)]],
                [Verdict::KeyNotYetValid, [new Key(self::CREDENTIALS, new \DateTimeImmutable('2026-01-03'))]],
            ] as [$verdict, $keys]
        ) {
            try {
                $verify($verifier->withKeys($keys));
                self::fail('accepted');
            } catch (VerificationException $refused) {
                self::assertSame($verdict, $refused->verdict);
            }
        }
    }

    public function testAnExpectedKeyIdIsDemanded(): void
    {
        $verifier = new Verifier('directa24-deposits', self::CREDENTIALS, Flow::Request, expectedKeyId: 'another');
        $this->expectException(VerificationException::class);
        $verifier->verify('POST', '/', self::headers(), self::BODY, self::NOW);
    }

    public function testToleranceIsInSeconds(): void
    {
        $verifier = new Verifier('directa24-deposits', self::CREDENTIALS, Flow::Request, tolerance: 4000);
        $verified = $verifier->verify('POST', '/', self::headers(), self::BODY, self::NOW + 3600000);
        self::assertSame('shop-login', $verified->keyId);
    }

    public function testAWholeUrlGivesTheTarget(): void
    {
        $recipe = <<<'TOML'
            id = "target"
            name = "The target"
            [credentials]
            secret = {}
            [request]
            algorithm = "hmac-sha256"
            key = { credential = "secret" }
            encoding = "hex"
            message = [ { target = "raw" } ]
            field = [ { header = "X-Signature", value = [ { signature = true } ] } ]
            TOML;
        $signer = new Signer(Scheme::fromToml($recipe), ['secret' => 's']);
        foreach (
            [
                ['https://api.example/a/b?c=d#e', null, '/a/b?c=d'],
                ['https://api.example', null, '/'],
                ['https://api.example?q=1', null, '/?q=1'],
                ['https://api.example/out', '/in?x', '/in?x'],
                ['/a?next=https://b', null, '/a?next=https://b'],
            ] as [$url, $target, $signedTarget]
        ) {
            $signed = $signer->sign('GET', $url, now: self::NOW, target: $target);
            self::assertSame(\hash_hmac('sha256', $signedTarget, 's'), $signed->header('X-Signature'), $url);
        }
    }

    public function testATargetIsNoUrlForSchemesThatSignTheUrl(): void
    {
        $signer = new Signer('square', ['signature_key' => 'k'], Flow::Webhook);
        $verifier = new Verifier('square', ['signature_key' => 'k']);
        $headers = $signer->sign('POST', 'https://shop.example/hooks', [], '{}')->headers;
        $verifier->verify('POST', 'https://shop.example/hooks', $headers, '{}');
        $calls = [
            static fn () => $verifier->verify('POST', '/hooks', $headers, '{}'),
            static fn () => $signer->sign('POST', '/hooks', [], '{}'),
            static fn () => $verifier->stream('POST', '/hooks', $headers),
        ];
        foreach ($calls as $call) {
            try {
                $call();
                self::fail('a path passed for a URL');
            } catch (PaysigException $refused) {
                self::assertSame(Status::InvalidMessage, $refused->status);
                self::assertSame('url', $refused->field);
            }
        }
    }
}
