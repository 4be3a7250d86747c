<?php

declare(strict_types=1);

namespace Paysig\Tests;

use GuzzleHttp\Psr7\NoSeekStream;
use GuzzleHttp\Psr7\Utils;
use Paysig\Exception\PaysigException;
use Paysig\Exception\VerificationException;
use Paysig\Flow;
use Paysig\Scheme;
use Paysig\Signer;
use Paysig\Status;
use Paysig\Verdict;
use Paysig\Verifier;
use PHPUnit\Framework\TestCase;

final class StreamTest extends TestCase
{
    private const CREDENTIALS = ['login' => 'shop-login', 'secret' => 'api-signature'];
    private const NOW = 1767323045000;

    /** @return resource */
    private static function file(string $text)
    {
        $file = \fopen('php://temp', 'w+');
        \fwrite($file, $text);
        \rewind($file);
        return $file;
    }

    public function testStreamsAgreeWithWholeMessages(): void
    {
        $signer = new Signer('directa24-deposits', self::CREDENTIALS);
        $verifier = new Verifier('directa24-deposits', self::CREDENTIALS, Flow::Request);
        foreach (['', '{"amount":"1.50"}', \str_repeat("a larger body\n", 20000)] as $body) {
            $whole = $signer->sign('POST', '/v3/deposits', [], $body, self::NOW);
            $judged = $verifier->verify('POST', '/v3/deposits', $whole->headerMap(), $body, self::NOW);
            $bodies = [
                static fn () => self::file($body),
                static fn () => Utils::streamFor($body),
                static fn () => new NoSeekStream(Utils::streamFor($body)),
            ];
            foreach ($bodies as $source) {
                $signing = $signer->stream('POST', '/v3/deposits', now: self::NOW);
                self::assertSame(\strlen($body), $signing->writeFrom($source()));
                self::assertSame($whole->headers, $signing->signed()->headers);
                self::assertEquals($signing->signed(), $signing->signed());

                $judging = $verifier->stream('POST', '/v3/deposits', $whole->headerMap(), \strlen($body), self::NOW);
                $judging->writeFrom($source());
                self::assertEquals($judged, $judging->verified());
            }
            $tampered = $verifier->stream('POST', '/v3/deposits', $whole->headerMap(), now: self::NOW);
            $tampered->write($body);
            $tampered->write(' ');
            try {
                $tampered->verified();
                self::fail('accepted');
            } catch (VerificationException $refused) {
                self::assertSame(Verdict::SignatureMismatch, $refused->verdict);
            }
        }
    }

    public function testWhatIsWrongIsSaid(): void
    {
        $signer = new Signer('directa24-deposits', self::CREDENTIALS);
        $verifier = new Verifier('directa24-deposits', self::CREDENTIALS, Flow::Request, maxBody: 4);
        $headers = $signer->sign('POST', '/', [], '12345', self::NOW)->headerMap();
        $ended = $signer->stream('POST', '/');
        $ended->signed();
        $members = <<<'TOML'
            id = "members"
            name = "Members"
            [credentials]
            secret = {}
            [request]
            algorithm = "hmac-sha256"
            key = { credential = "secret" }
            encoding = "hex"
            message = [ { json = "amount" } ]
            field = [ { header = "X-Signature", value = [ { signature = true } ] } ]
            TOML;
        $inside = new Signer(Scheme::fromToml($members), ['secret' => 's']);
        foreach (
            [
                [Status::MissingSignature, fn () => $verifier->stream('POST', '/', [])],
                [Status::TooLarge, function () use ($verifier, $headers): void {
                    $stream = $verifier->stream('POST', '/', $headers, now: self::NOW);
                    $stream->write('12345');
                    $stream->verified();
                }],
                [Status::InvalidOption, fn () => $ended->write('more')],
                [Status::InvalidOption, fn () => $signer->stream('POST', '/')->writeFrom('text')],
                [Status::Unsupported, fn () => $inside->stream('POST', '/')],
            ] as $number => [$status, $call]
        ) {
            try {
                $call();
                self::fail("case $number");
            } catch (PaysigException $failure) {
                self::assertSame($status, $failure->status, "case $number: " . $failure->getMessage());
            }
        }
    }

    public function testMemoryStaysConstant(): void
    {
        $stream = (new Signer('directa24-deposits', self::CREDENTIALS))->stream('POST', '/');
        $piece = \str_repeat('x', 65536);
        $stream->write($piece);
        $before = \memory_get_usage();
        for ($i = 0; $i < 200; $i++) {
            $stream->write($piece);
        }
        self::assertLessThan(65536, \memory_get_usage() - $before);
        self::assertNotSame('', $stream->signed()->header('Authorization'));
    }
}
