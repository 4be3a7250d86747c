<?php

declare(strict_types=1);

namespace Paysig\Tests;

use Nyholm\Psr7\Factory\Psr17Factory;
use Nyholm\Psr7\ServerRequest;
use Paysig\Exception\PaysigException;
use Paysig\Exception\VerificationException;
use Paysig\Flow;
use Paysig\Handshake;
use Paysig\Http\KeyCache;
use Paysig\Http\ReplayGuard;
use Paysig\Http\VerifyWebhook;
use Paysig\Native\Native;
use Paysig\Scheme;
use Paysig\Signer;
use Paysig\Status;
use Paysig\Verdict;
use Paysig\Verifier;
use PHPUnit\Framework\TestCase;
use Psr\Http\Message\ResponseInterface;
use Psr\Http\Message\ServerRequestInterface;
use Psr\Http\Server\RequestHandlerInterface;

/** Endpoint checks: how a provider finds out whether an endpoint is yours. */
final class HandshakeTest extends TestCase
{
    private const INGENICO = ['key_id' => 'k', 'secret' => 's'];
    private const INGENICO_CHECK = ['X-GCS-Webhooks-Endpoint-Verification' => '<b>a1b2</b>'];
    private const SLACK = ['signing_secret' => 's'];
    private const SLACK_CHECK = '{"type":"url_verification","challenge":"3eZb"}';
    private const NOW = 1767323045000;
    /** A signed check for recipes of the flow webhook. */
    private const SIGNED_CHECK = <<<'TOML'

        [[webhook.handshake]]
        about = "check"
        when = { method = "POST", header = "X-Check" }
        signed = true
        content_type = "text/plain"
        answer = "hello"
        TOML;
    /** No signature; its header names the algorithm ES512, the key key-7 and where it is. */
    private const TRUELAYER = ['alg' => 'ES512', 'kid' => 'key-7', 'tl_version' => '2', 'tl_headers' => 'X-Tl-Webhook-Timestamp',
        'jku' => 'https://webhooks.truelayer.com/.well-known/jwks'];

    /** @return array<string, string> */
    private static function slackHeaders(string $body, ?int $now = self::NOW): array
    {
        return (new Signer('slack', self::SLACK, Flow::Webhook))->sign('POST', '/hook', [], $body, $now)->headerMap();
    }

    private static function mustFetch(): Verifier
    {
        return new Verifier(Scheme::fromToml(Scheme::recipe('truelayer') . self::SIGNED_CHECK), []);
    }

    /** @return array<string, string> */
    private static function truelayerHeaders(): array
    {
        $header = \rtrim(\strtr(\base64_encode((string) \json_encode(self::TRUELAYER)), '+/', '-_'), '=');
        return [
            'X-Check' => '1',
            'X-Tl-Webhook-Timestamp' => '2026-01-02T03:04:05Z',
            'Tl-Signature' => "$header.." . \str_repeat('A', 176),
        ];
    }

    /** @param callable(): mixed $call */
    private static function refusal(callable $call): PaysigException
    {
        try {
            $call();
        } catch (PaysigException $refused) {
            return $refused;
        }
        self::fail('accepted');
    }

    public function testAnUnsignedCheck(): void
    {
        $verifier = new Verifier('ingenico-v1hmac', self::INGENICO);
        $answer = $verifier->handshake('GET', '/hook', self::INGENICO_CHECK, '');
        self::assertEquals(new Handshake('text/plain', '<b>a1b2</b>', false), $answer);
        self::assertNull($verifier->handshake('GET', '/hook', [], ''));
        self::assertNull($verifier->handshake('POST', '/hook', self::INGENICO_CHECK, '{}'));
    }

    public function testASignedCheckIsVerifiedFirst(): void
    {
        $verifier = new Verifier('slack', self::SLACK);
        $check = ['POST', '/hook', self::slackHeaders(self::SLACK_CHECK), self::SLACK_CHECK];
        foreach ([self::NOW, new \DateTimeImmutable('2026-01-02T03:04:05Z')] as $now) {
            self::assertEquals(new Handshake('text/plain', '3eZb', true), $verifier->handshake(...$check, now: $now));
        }
        $other = new Verifier('slack', ['signing_secret' => 'other']);
        $asked = [
            [Verdict::SignatureMismatch, $other, $check, self::NOW],
            [Verdict::TimestampTooOld, $verifier, $check, self::NOW + 600_000],
            [Verdict::MissingSignature, $verifier, [2 => []] + $check, self::NOW],
            [Verdict::TooLarge, new Verifier('slack', self::SLACK, maxBody: 10), $check, self::NOW],
        ];
        foreach ($asked as [$verdict, $by, $message, $now]) {
            \ksort($message);
            $refused = self::refusal(static fn () => $by->handshake(...$message, now: $now));
            $same = self::refusal(static fn () => $by->verify(...$message, now: $now));
            self::assertInstanceOf(VerificationException::class, $refused);
            self::assertSame($verdict, $refused->verdict);
            $seen = static fn (PaysigException $e): array => [$e::class, $e->getMessage(), $e->httpStatus, $e->field];
            self::assertSame($seen($same), $seen($refused));
        }
    }

    /** They are verified, so no check is answered with them. */
    public function testOrdinaryMessagesHaveNoAnswer(): void
    {
        $verifier = new Verifier('slack', self::SLACK);
        foreach (['{"type":"event_callback"}', '{"type":"url_verification"', ''] as $body) {
            self::assertNull($verifier->handshake('POST', '/hook', self::slackHeaders($body), $body, self::NOW));
            self::assertSame('all', $verifier->verify('POST', '/hook', self::slackHeaders($body), $body, self::NOW)->covered->body);
        }
        // Nor do forged ones; it is verify() that refuses them.
        self::assertNull($verifier->handshake('POST', '/hook', [], '{}', self::NOW));
        $stripe = new Verifier('stripe', ['secret' => 'whsec_s']);
        self::assertNull($stripe->handshake('POST', 'https://shop.example/hook?a=b', [], '{}'));
    }

    public function testAnAnswerThatIsLargerThanTheBuffer(): void
    {
        $native = Native::take();
        $challenge = \str_repeat('0123456789abcdef', \intdiv($native->outSize, 16) + 1);
        $native->give();
        $body = \sprintf('{"type":"url_verification","challenge":"%s"}', $challenge);
        $verifier = new Verifier('slack', self::SLACK);
        $answer = $verifier->handshake('POST', '/hook', self::slackHeaders($body), $body, self::NOW);
        self::assertSame($challenge, $answer?->body);
        self::assertGreaterThan(\strlen($challenge), $native->outSize);
    }

    public function testASignedCheckWhoseKeyMustBeFetched(): void
    {
        $verifier = self::mustFetch();
        foreach (['handshake', 'verify'] as $call) {
            $need = self::refusal(static fn () => $verifier->$call('POST', '/hook', self::truelayerHeaders(), '{}', self::NOW));
            self::assertInstanceOf(VerificationException::class, $need);
            self::assertSame([Verdict::NeedsKey, 503], [$need->verdict, $need->httpStatus]);
            self::assertSame(['key-7', self::TRUELAYER['jku']], [$need->neededKeyId, $need->neededKeyUrl]);
        }
    }

    public function testBadInputIsNamed(): void
    {
        $refused = self::refusal(static fn () => (new Verifier('slack', self::SLACK))->handshake('POST', '/', ['X-A' => 1], ''));
        self::assertSame(Status::InvalidOption, $refused->status);
        self::assertStringContainsString('X-A', $refused->getMessage());
    }

    /** @param ?callable(\Throwable): void $refused */
    private function webhook(Verifier|KeyCache $verifier, ServerRequestInterface $request, ?callable $refused = null): ResponseInterface
    {
        $guard = $this->createMock(ReplayGuard::class);
        $guard->expects(self::never())->method('begin');
        $handler = $this->createMock(RequestHandlerInterface::class);
        $handler->expects(self::never())->method('handle');
        $factory = new Psr17Factory();
        return (new VerifyWebhook($verifier, $factory, $factory, $guard, refused: $refused))->process($request, $handler);
    }

    public function testTheMiddlewareAnswers(): void
    {
        $slack = new ServerRequest('POST', '/hook', self::slackHeaders(self::SLACK_CHECK, null), self::SLACK_CHECK);
        $checks = [
            '<b>a1b2</b>' => [new Verifier('ingenico-v1hmac', self::INGENICO), new ServerRequest('GET', '/hook', self::INGENICO_CHECK)],
            '3eZb' => [new Verifier('slack', self::SLACK), $slack],
        ];
        foreach ($checks as $text => [$verifier, $request]) {
            $answer = $this->webhook($verifier, $request);
            self::assertSame([200, $text], [$answer->getStatusCode(), $answer->getBody()->getContents()]);
            $headers = ['Content-Type' => ['text/plain'], 'X-Content-Type-Options' => ['nosniff']];
            self::assertSame($headers, $answer->getHeaders());
        }
    }

    public function testTheMiddlewareRefusesWhatIsNotAuthentic(): void
    {
        $checks = [
            [401, Verdict::SignatureMismatch, new Verifier('slack', ['signing_secret' => 'other']),
                new ServerRequest('POST', '/hook', self::slackHeaders(self::SLACK_CHECK, null), self::SLACK_CHECK)],
            [400, Verdict::MissingSignature, new Verifier('slack', self::SLACK), new ServerRequest('POST', '/', [], self::SLACK_CHECK)],
            [503, Verdict::NeedsKey, self::mustFetch(), new ServerRequest('POST', '/', self::truelayerHeaders(), '{}')],
            // No check, and no message either.
            [400, Verdict::MissingSignature, new Verifier('ingenico-v1hmac', self::INGENICO), new ServerRequest('GET', '/')],
        ];
        foreach ($checks as [$status, $verdict, $verifier, $request]) {
            $why = null;
            $answer = $this->webhook($verifier, $request, static function (\Throwable $failure) use (&$why): void {
                $why = $failure;
            });
            self::assertSame([$status, '', []], [$answer->getStatusCode(), (string) $answer->getBody(), $answer->getHeaders()]);
            self::assertInstanceOf(VerificationException::class, $why);
            self::assertSame($verdict, $why->verdict);
        }
    }

    public function testTheKeyOfASignedCheckIsFetchedOnce(): void
    {
        $server = new KeyServer();
        $scheme = Scheme::fromToml(KeyServer::NAMED . self::SIGNED_CHECK);
        $cache = new KeyCache(new Verifier($scheme, []), [], KeyServer::key(...), KeyServer::fetcher($server->port, $server->certificate));
        $headers = ['X-Check' => '1'] + KeyServer::headers('k1', 'https://keys.example/k1');
        $missing = ['X-Check' => '1'] + KeyServer::headers('k2', 'https://keys.example/missing');
        for ($i = 0; $i < 2; $i++) {
            self::assertEquals(new Handshake('text/plain', 'hello', true), $cache->handshake('POST', '/', $headers, 'body'));
            self::assertSame('k1', $cache->verify('POST', '/', $headers, 'body')->keyId);
            $answer = $this->webhook($cache, new ServerRequest('POST', '/', $headers, 'body'));
            self::assertSame([200, 'hello'], [$answer->getStatusCode(), (string) $answer->getBody()]);
            $need = self::refusal(static fn () => $cache->handshake('POST', '/', $missing, 'body'));
            self::assertInstanceOf(VerificationException::class, $need);
            self::assertSame([Verdict::NeedsKey, 'https://keys.example/missing'], [$need->verdict, $need->neededKeyUrl]);
            self::assertStringContainsString('404', (string) $need->getPrevious()?->getMessage());
        }
        self::assertSame(2, $server->asked());
        self::assertNull($cache->handshake('GET', '/', $headers, 'body'));
        $forged = self::refusal(static fn () => $cache->handshake('POST', '/', $headers, 'other'));
        self::assertSame(Status::SignatureMismatch, $forged->status);
    }
}
