<?php

declare(strict_types=1);

namespace Paysig\Tests;

use Paysig\Exception\PaysigException;
use Paysig\Flow;
use Paysig\Scheme;
use Paysig\Signer;
use Paysig\Status;
use Paysig\Verdict;
use Paysig\Verifier;
use PHPUnit\Framework\TestCase;

final class DiagnoseTest extends TestCase
{
    private const CREDENTIALS = ['login' => 'shop-login', 'secret' => 'api-signature'];
    private const NOW = 1767323045000;

    public function testFindsTheMistake(): void
    {
        $scheme = Scheme::builtin('directa24-deposits');
        $headers = (new Signer($scheme, self::CREDENTIALS))->sign('POST', '/', [], '{"amount":"1.50"}', self::NOW)->headerMap();

        $authentic = $scheme->diagnose(Flow::Request, self::CREDENTIALS, 'POST', '/', $headers, '{"amount":"1.50"}', self::NOW);
        self::assertSame([null, []], [$authentic->verdict, $authentic->findings]);

        // Written again by a JSON library that puts spaces.
        $spaced = $scheme->diagnose(Flow::Request, self::CREDENTIALS, 'POST', '/', $headers, '{"amount": "1.50"}', self::NOW);
        self::assertSame(Verdict::SignatureMismatch, $spaced->verdict);
        self::assertCount(1, $spaced->findings[0]->ids);
        self::assertNotSame('', $spaced->findings[0]->cause);
        self::assertNotSame('', $spaced->findings[0]->fix);
        $text = \print_r($spaced, true);
        self::assertStringNotContainsString('api-signature', $text);
        self::assertStringNotContainsString(\substr($headers['Authorization'], 4), $text);

        // Signed with the key of another environment, which the caller has.
        $other = ['secret' => 'sandbox'] + self::CREDENTIALS;
        $key = $scheme->diagnose(
            Flow::Request,
            $other,
            'POST',
            '/',
            $headers,
            '{"amount":"1.50"}',
            self::NOW,
            otherKeys: self::CREDENTIALS,
        );
        self::assertStringContainsString('key', $key->findings[0]->ids[0]);
        self::assertGreaterThan(0, $key->hypotheses);
    }

    public function testOptionsAreChecked(): void
    {
        try {
            Scheme::builtin('directa24-deposits')->diagnose(Flow::Request, self::CREDENTIALS, 'POST', '/', variants: ['none']);
            self::fail('accepted');
        } catch (PaysigException $failure) {
            self::assertSame(Status::InvalidOption, $failure->status);
        }
    }

    public function testRetentionIsTheSchemes(): void
    {
        // From the tolerance of 5 s before to 5 s after.
        self::assertSame(11, (new Verifier('directa24-deposits', self::CREDENTIALS))->retention());
    }
}
