<?php

declare(strict_types=1);

namespace Paysig\Tests;

use GuzzleHttp\Client;
use GuzzleHttp\Psr7\NoSeekStream;
use GuzzleHttp\Psr7\Utils;
use Nyholm\Psr7\Factory\Psr17Factory;
use Nyholm\Psr7\ServerRequest;
use Paysig\Flow;
use Paysig\Http\ReplayClaim;
use Paysig\Http\ReplayGuard;
use Paysig\Http\ReplayState;
use Paysig\Http\VerifyWebhook;
use Paysig\Signer;
use Paysig\Verified;
use Paysig\Verifier;
use PHPUnit\Framework\TestCase;
use Psr\Http\Message\ResponseInterface;
use Psr\Http\Message\ServerRequestInterface;
use Psr\Http\Server\RequestHandlerInterface;

final class WebhookTest extends TestCase implements RequestHandlerInterface, ReplayGuard
{
    private const CREDENTIALS = ['login' => 'shop-login', 'secret' => 'api-signature'];

    private int $handled = 0;
    private int $answer = 204;
    private bool $storeWorks = true;
    /** @var array<string, ReplayState> */
    private array $store = [];
    /** @var list<string> */
    private array $refused = [];

    public function handle(ServerRequestInterface $request): ResponseInterface
    {
        $this->handled++;
        self::assertInstanceOf(Verified::class, $request->getAttribute(Verified::class));
        self::assertSame('{"id":1}', $request->getBody()->getContents());
        return $this->answer === 0 ? throw new \DomainException('handler') : (new Psr17Factory())->createResponse($this->answer);
    }

    public function begin(string $replayKey): ReplayClaim
    {
        if (!$this->storeWorks) {
            throw new \RuntimeException('no store');
        }
        $state = $this->store[$replayKey] ?? ReplayState::Fresh;
        $this->store[$replayKey] ??= ReplayState::InProgress;
        return new ReplayClaim($state, $replayKey, 'lease');
    }

    public function commit(ReplayClaim $claim): void
    {
        self::assertSame('lease', $claim->lease);
        $this->store[$claim->replayKey] = ReplayState::Done;
    }

    public function release(ReplayClaim $claim): void
    {
        unset($this->store[$claim->replayKey]);
    }

    private static function request(string $body = '{"id":1}', ?string $sent = null): ServerRequest
    {
        $signed = (new Signer('directa24-deposits', self::CREDENTIALS, Flow::Webhook))->sign('POST', '/hook', [], $body);
        return new ServerRequest('POST', 'https://shop.example/hook', $signed->headerMap(), $sent ?? $body);
    }

    private function process(ServerRequestInterface $request, bool $guarded = false): ResponseInterface
    {
        $factory = new Psr17Factory();
        $verifier = new Verifier('directa24-deposits', self::CREDENTIALS);
        $refused = function (\Throwable $why): void {
            $this->refused[] = $why->getMessage();
        };
        $guard = $guarded ? $this : null;
        return (new VerifyWebhook($verifier, $factory, $factory, $guard, limit: 100, refused: $refused))->process($request, $this);
    }

    public function testAnAuthenticMessageReachesTheHandlerWhereverItsStreamStands(): void
    {
        $read = self::request();
        $read->getBody()->getContents();
        $once = self::request()->withBody(new NoSeekStream(Utils::streamFor('{"id":1}')));
        foreach ([self::request(), $read, $once] as $request) {
            self::assertSame(204, $this->process($request)->getStatusCode());
        }
        self::assertSame(3, $this->handled);
    }

    public function testOthersAreAnsweredWithoutAReason(): void
    {
        $tampered = self::request(sent: '{"id":2}');
        $large = self::request(\str_repeat('x', 101));
        $largeUnsized = $large->withBody(new NoSeekStream(Utils::streamFor(\fopen('data:,' . \str_repeat('x', 101), 'r'))));
        $doubled = self::request();
        $doubled = $doubled->withHeader('X-Date', [$doubled->getHeaderLine('X-Date'), $doubled->getHeaderLine('X-Date')]);
        foreach ([[401, $tampered], [413, $large], [413, $largeUnsized], [400, $doubled]] as [$status, $request]) {
            $response = $this->process($request);
            self::assertSame([$status, ''], [$response->getStatusCode(), (string) $response->getBody()]);
        }
        self::assertSame(0, $this->handled);
        self::assertCount(4, $this->refused);
        self::assertStringStartsWith('signature_mismatch', $this->refused[0]);
    }

    public function testAMessageIsHandledOnce(): void
    {
        $request = self::request();
        self::assertSame(204, $this->process($request, true)->getStatusCode());
        self::assertSame(200, $this->process($request, true)->getStatusCode());
        self::assertSame(1, $this->handled);
    }

    public function testAFailedMessageIsHandledAgain(): void
    {
        $request = self::request();
        $this->answer = 500;
        self::assertSame(500, $this->process($request, true)->getStatusCode());
        $this->answer = 0;
        try {
            $this->process($request, true);
            self::fail('the exception is lost');
        } catch (\DomainException) {
            self::assertSame([], $this->store);
        }
        $this->answer = 204;
        self::assertSame(204, $this->process($request, true)->getStatusCode());
        self::assertSame(3, $this->handled);
    }

    public function testAMessageThatIsBeingHandledMayComeAgain(): void
    {
        $request = self::request();
        $this->process($request, true);
        $this->store = \array_map(static fn (): ReplayState => ReplayState::InProgress, $this->store);
        $response = $this->process($request, true);
        self::assertSame([503, '1'], [$response->getStatusCode(), $response->getHeaderLine('Retry-After')]);
        self::assertSame(1, $this->handled);
    }

    public function testAStoreThatDoesNotAnswer(): void
    {
        $this->storeWorks = false;
        self::assertSame(503, $this->process(self::request(), true)->getStatusCode());
        self::assertSame(['no store'], $this->refused);
        self::assertSame(0, $this->handled);
    }

    public function testOverHttp(): void
    {
        $server = Server::php(__DIR__ . '/servers/shop.php');
        $client = new Client(['base_uri' => $server->url(), 'http_errors' => false]);
        foreach (['{"id":1}' => [200, 'shop-login {"id":1}'], '{"id":2}' => [401, '']] as $body => [$status, $text]) {
            $headers = self::request()->getHeaders();
            unset($headers['Host']);
            $answer = $client->post('/hook', ['headers' => $headers, 'body' => $body]);
            self::assertSame([$status, $text], [$answer->getStatusCode(), (string) $answer->getBody()]);
        }
    }
}
