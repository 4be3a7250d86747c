<?php

declare(strict_types=1);

namespace Paysig\Tests;

use Nyholm\Psr7\Factory\Psr17Factory;
use Nyholm\Psr7\ServerRequest;
use Paysig\Exception\PaysigException;
use Paysig\Exception\VerificationException;
use Paysig\Flow;
use Paysig\Http\MemoryReplayGuard;
use Paysig\Http\ReplayGuard;
use Paysig\Http\VerifyWebhook;
use Paysig\Key;
use Paysig\Native\Native;
use Paysig\Scheme;
use Paysig\Signer;
use Paysig\Status;
use Paysig\TokenSession;
use Paysig\Verifier;
use PHPUnit\Framework\TestCase;
use Psr\Http\Message\ResponseInterface;
use Psr\Http\Message\ServerRequestInterface;
use Psr\Http\Server\RequestHandlerInterface;

/** What brings each status about; one that is added to the C header and has no case here fails. */
final class StatusCasesTest extends TestCase
{
    private const CREDENTIALS = ['login' => 'shop-login', 'secret' => 'api-signature'];
    private const BODY = '{"amount":"1.50"}';
    private const NOW = 1767323045000;

    /** A scheme whose messages can be wrong in the rarer ways. */
    private const RARE = <<<'TOML'
        id = "rare"
        name = "Rare"
        [credentials]
        kid = { public = true }
        secret = {}
        [webhook]
        algorithm = "hmac-sha256"
        key_id = { credential = "kid" }
        key = { credential = "secret" }
        encoding = "hex"
        message = [ { body = "raw" } ]
        field = [
          { header = "X-Key", value = [ { key_id = true } ] },
          { header = "X-Signature", value = [ "v2=", { signature = true } ], reject = [
            { prefix = "v1=", status = "unsupported_version", about = "version 1" },
            { prefix = "rsa=", status = "unsupported_algorithm", about = "RSA" },
          ] },
        ]
        fetch = {}
        require = [ { value = { json = "mode" }, equals = "live", status = "content_rejected" } ]
        TOML;

    /** @return iterable<string, array{Status}> */
    public static function statuses(): iterable
    {
        foreach (Status::cases() as $status) {
            if ($status !== Status::Ok) {
                yield $status->name => [$status];
            }
        }
    }

    /**
     * StatusTest holds the enum against the header, and a match without an arm throws.
     *
     * @dataProvider statuses
     */
    public function testEveryStatusIsBroughtAbout(Status $status): void
    {
        try {
            $this->bringAbout($status);
            self::fail('nothing was thrown');
        } catch (PaysigException $failure) {
            self::assertSame($status, $failure->status, $failure->getMessage());
            self::assertSame($status->httpStatus(), $failure->httpStatus);
            self::assertStringNotContainsString('api-signature', $failure->getMessage());
            if ($status->verdict() !== null) {
                self::assertInstanceOf(VerificationException::class, $failure);
                self::assertSame($status->verdict(), $failure->verdict);
            }
            if ($status === Status::NeedsKey) {
                self::assertSame(['k2', null], [$failure->neededKeyId, $failure->neededKeyUrl]);
            }
        }
    }

    private function bringAbout(Status $status): void
    {
        match ($status) {
            Status::SignatureMismatch => self::deposit(body: '{"amount":"9.50"}'),
            Status::TimestampTooOld => self::deposit(later: 3600000),
            Status::TimestampTooNew => self::deposit(later: -3600000),
            Status::MissingSignature => self::deposit(['Authorization' => []]),
            Status::MalformedSignature => self::deposit(['Authorization' => 'D24 xyz']),
            Status::MissingField => self::deposit(['X-Date' => []]),
            Status::MalformedField => self::deposit(['X-Date' => 'noon']),
            Status::DuplicateField => self::deposit(['X-Date' => ['2026-01-02T03:04:05Z', '2026-01-02T03:04:05Z']]),
            Status::UnknownKey => self::deposit(['X-Login' => 'other']),
            Status::KeyExpired => self::deposit(key: new Key(self::CREDENTIALS, notAfter: self::NOW - 1)),
            Status::KeyNotYetValid => self::deposit(key: new Key(self::CREDENTIALS, self::NOW + 1)),
            Status::UnsupportedVersion => self::rare(['X-Signature' => 'v1=00']),
            Status::UnsupportedAlgorithm => self::rare(['X-Signature' => 'rsa=00']),
            Status::ContentRejected => self::rare([], '{"mode":"test"}'),
            Status::TooLarge => self::deposit(body: \str_repeat('x', 1001)),
            Status::NeedsKey => self::rare(['X-Key' => 'k2']),
            Status::Unverifiable => (new Verifier('mollie-classic', []))->verify('POST', '/', [], 'id=tr_1'),
            Status::Replayed => self::guarded(new MemoryReplayGuard(600)),
            Status::UnknownScheme => Scheme::builtin('nobody'),
            Status::InvalidRecipe => Scheme::fromToml('id = 3'),
            Status::InvalidCredentials => new Signer('directa24-deposits', ['login' => 'a']),
            Status::UnsupportedFlow => new Signer('directa24-deposits', self::CREDENTIALS, Flow::Response),
            Status::InvalidMessage => self::signer()->sign('POST', '/', ['X-Date' => '2026-01-02T03:04:05Z']),
            Status::Unsupported => self::rare(stream: true),
            Status::InvalidOption => self::signer()->sign('POST', '/', now: \PHP_INT_MAX),
            Status::TokenRefused => self::fetched(401, ''),
            Status::TokenResponseInvalid => self::fetched(200, 'no token'),
            Status::StoreUnavailable => self::guarded(new MemoryReplayGuard(600, capacity: 0)),
            Status::InvalidUtf8 => Scheme::builtin("\xff"),
            // The library gives these to this package only if one of the two has a defect: its number is put in by hand.
            Status::NullArgument,
            Status::BufferTooSmall,
            Status::AbiMismatch,
            Status::Internal => Native::take()->check($status->value),
            Status::Ok => null,
        };
    }

    private static function signer(): Signer
    {
        return new Signer('directa24-deposits', self::CREDENTIALS);
    }

    /** @param array<string, string|list<string>> $other */
    private static function deposit(array $other = [], string $body = self::BODY, int $later = 0, ?Key $key = null): void
    {
        $headers = $other + self::signer()->sign('POST', '/v3/deposits', [], self::BODY, self::NOW)->headerMap();
        $verifier = new Verifier('directa24-deposits', [$key ?? new Key(self::CREDENTIALS)], Flow::Request, maxBody: 1000);
        $verifier->verify('POST', '/v3/deposits', $headers, $body, self::NOW + $later);
    }

    /** @param array<string, string> $other */
    private static function rare(array $other = [], string $body = '{"mode":"live"}', bool $stream = false): void
    {
        $scheme = Scheme::fromToml(self::RARE);
        $credentials = ['kid' => 'k1', 'secret' => 's'];
        $headers = $other + (new Signer($scheme, $credentials, Flow::Webhook))->sign('POST', '/', [], $body)->headerMap();
        $verifier = new Verifier($scheme, $credentials);
        $stream ? $verifier->stream('POST', '/', $headers) : $verifier->verify('POST', '/', $headers, $body);
    }

    private static function fetched(int $status, string $body): void
    {
        $session = new TokenSession('pledg-token', ['api_key' => 'id', 'api_secret' => 's']);
        $session->next();
        $session->fetched($status, $body);
    }

    /** Delivers twice, and throws what the log of the middleware hears. */
    private static function guarded(ReplayGuard $guard): void
    {
        $headers = (new Signer('directa24-deposits', self::CREDENTIALS, Flow::Webhook))->sign('POST', '/', [], self::BODY)->headerMap();
        $factory = new Psr17Factory();
        $heard = null;
        $middleware = new VerifyWebhook(
            new Verifier('directa24-deposits', self::CREDENTIALS),
            $factory,
            $factory,
            $guard,
            refused: static function (\Throwable $why) use (&$heard): void {
                $heard = $why;
            },
        );
        $handler = new class implements RequestHandlerInterface {
            public function handle(ServerRequestInterface $request): ResponseInterface
            {
                return (new Psr17Factory())->createResponse(204);
            }
        };
        for ($i = 0; $i < 2; $i++) {
            $middleware->process(new ServerRequest('POST', '/', $headers, self::BODY), $handler);
        }
        throw $heard ?? new \LogicException('nothing was heard');
    }
}
