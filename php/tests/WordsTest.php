<?php

declare(strict_types=1);

namespace Paysig\Tests;

use Paysig\Flow;
use Paysig\Scheme;
use Paysig\Signer;
use Paysig\Verifier;
use PHPUnit\Framework\TestCase;

final class WordsTest extends TestCase
{
    /** The same recipe, message and text stand in the tests of every language. */
    private const MINE = <<<'TOML'
        id = "mine"
        name = "Mine"
        [credentials]
        secret = {}
        [webhook]
        algorithm = "hmac-sha256"
        encoding = "hex"
        key = { credential = "secret" }
        message = [ { header = "x-order" }, "\n", { json = "amount.value" }, "\n", { json = "currency" } ]
        field = [ { header = "X-Signature", value = [ { signature = true } ] } ]
        TOML;
    private const COVERED = "Covered: headers x-order; body members amount.value, currency.\n"
        . 'Not covered: method; path; query; other headers; the rest of the body.';
    private const FIELDS = "\nSigned fields: amount.value = 1.50; currency = \"EUR\".";

    public function testAVerifiedMessageInWords(): void
    {
        $scheme = Scheme::fromToml(self::MINE, 'mine.toml');
        $body = '{"amount":{"value":1.50},"currency":"EUR","note":"x"}';
        $headers = ['X-Order' => '17'];
        $headers += (new Signer($scheme, ['secret' => 's'], Flow::Webhook))->sign('POST', '/hook', $headers, $body)->headerMap();
        $verified = (new Verifier($scheme, ['secret' => 's']))->verify('POST', '/hook', $headers, $body);
        self::assertSame(self::COVERED, (string) $verified->covered);
        self::assertSame(self::COVERED . self::FIELDS, (string) $verified);
    }

    public function testWhatIsWeakAboutARecipe(): void
    {
        $lints = Scheme::fromToml(self::MINE, 'mine.toml')->lint();
        self::assertContains('unsigned-body', \array_column($lints, 'id'));
        foreach ($lints as $lint) {
            self::assertSame(['mine', Flow::Webhook, null], [$lint->scheme, $lint->flow, $lint->acknowledged]);
            self::assertGreaterThan(0, $lint->line);
            self::assertNotSame('', $lint->message);
            self::assertNotSame('', $lint->witness);
        }
        $known = Scheme::builtin('github')->lint();
        self::assertNotSame([], $known);
        self::assertNotContains(null, \array_column($known, 'acknowledged'));
    }
}
