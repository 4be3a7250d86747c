<?php

declare(strict_types=1);

namespace Paysig\Tests;

use Paysig\Diagnosis;
use Paysig\Exception\ConfigurationException;
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
        self::assertSame([Status::Ok, []], [$authentic->verdict, $authentic->findings]);

        // Written again by a JSON library that puts spaces.
        $spaced = $scheme->diagnose(Flow::Request, self::CREDENTIALS, 'POST', '/', $headers, '{"amount": "1.50"}', self::NOW);
        self::assertSame(Verdict::SignatureMismatch, $spaced->verdict->verdict());
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

    /** What is wrong with it is found; one that is missing is the exception. */
    public function testAnUnreadableKeyIsNotAuthentic(): void
    {
        $secret = 'whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3';
        $signer = new Signer('standard-webhooks', ['secret' => $secret], Flow::Webhook);
        $headers = $signer->sign('POST', '/', [], '{}', self::NOW)->headerMap();
        $diagnose = static fn (array $keys): Diagnosis => Scheme::builtin('standard-webhooks')
            ->diagnose(Flow::Webhook, $keys, 'POST', '/', $headers, '{}', self::NOW);
        $diagnosis = $diagnose(['secret' => "$secret\n"]);
        self::assertSame(Status::InvalidCredentials, $diagnosis->verdict);
        self::assertSame(['key-trailing-newline'], $diagnosis->findings[0]->ids);
        foreach ([['secert' => $secret], []] as $keys) {
            try {
                $diagnose($keys);
                self::fail('judged');
            } catch (ConfigurationException $wrong) {
                self::assertSame(Status::InvalidCredentials, $wrong->status);
            }
        }
    }

    public function testAVerdictOfANewerLibraryIsNotAuthentic(): void
    {
        $this->expectExceptionMessage('newer_verdict');
        Diagnosis::fromJson('{"verdict":"newer_verdict","findings":[],"hypotheses":0,"exhausted":false}');
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
        // From the tolerance before to the tolerance after: the provider's 5 s of requests, paysig's 300 s of notifications.
        self::assertSame(11, (new Verifier('directa24-deposits', self::CREDENTIALS, Flow::Request))->retention());
        self::assertSame(601, (new Verifier('directa24-deposits', self::CREDENTIALS))->retention());
    }
}
