<?php

declare(strict_types=1);

namespace Paysig\Tests;

use Paysig\Exception\PaysigException;
use Paysig\Status;
use Paysig\TokenAction;
use Paysig\TokenSession;
use PHPUnit\Framework\TestCase;

final class TokenSessionTest extends TestCase
{
    private const CREDENTIALS = ['api_key' => 'shop', 'api_secret' => 'geheim'];
    private const NOW = 1767323045000;
    private const ANSWER = '{"access_token":"t0ken","token_type":"Bearer","expires_in":3600}';

    public function testFetchesAuthorizesAndRenews(): void
    {
        $session = new TokenSession('pledg-token', self::CREDENTIALS);
        $step = $session->next(self::NOW);
        self::assertSame(TokenAction::Fetch, $step->action);
        self::assertSame('POST', $step->method);
        self::assertStringStartsWith('/', $step->target);
        self::assertStringContainsString(\base64_encode('shop:geheim'), \implode('', \array_column($step->headers(), 1)));
        self::assertStringNotContainsString(\base64_encode('shop:geheim'), \print_r($step, true));
        self::assertGreaterThan(self::NOW, (int) $step->until?->format('Uv'));
        // The fetch is handed out once.
        self::assertSame(TokenAction::Wait, $session->next(self::NOW)->action);

        $session->fetched(200, self::ANSWER, self::NOW);
        $step = $session->next(self::NOW + 1000);
        self::assertSame([TokenAction::Authorize, [['Authorization', 'Bearer t0ken']]], [$step->action, $step->headers()]);

        $elsewhere = new TokenSession('pledg-token', self::CREDENTIALS, $session->save());
        self::assertSame($step->headers(), $elsewhere->next(self::NOW + 1000)->headers());

        $session->accepted();
        $session->refused(self::NOW + 2000);
        self::assertSame(TokenAction::Fetch, $session->next(self::NOW + 2000)->action);
        $session->fetched(200, self::ANSWER, self::NOW + 2000);
        $session->next(self::NOW + 2000);
        $this->expectException(PaysigException::class);
        $session->refused(self::NOW + 3000);
    }

    public function testAnEndpointThatRefuses(): void
    {
        $session = new TokenSession('pledg-token', self::CREDENTIALS);
        $session->next(self::NOW);
        try {
            $session->fetched(401, '{"error":"invalid_client"}', self::NOW);
            self::fail('accepted');
        } catch (PaysigException $failure) {
            self::assertSame(Status::TokenRefused, $failure->status);
        }
    }
}
