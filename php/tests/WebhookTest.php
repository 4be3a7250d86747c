<?php

declare(strict_types=1);

namespace Paysig\Tests;

use GuzzleHttp\Client;
use GuzzleHttp\Psr7\NoSeekStream;
use GuzzleHttp\Psr7\Utils;
use Nyholm\Psr7\Factory\Psr17Factory;
use Nyholm\Psr7\ServerRequest;
use Paysig\Exception\ConfigurationException;
use Paysig\Exception\PaysigException;
use Paysig\Flow;
use Paysig\Http\ReplayClaim;
use Paysig\Http\ReplayGuard;
use Paysig\Http\ReplayState;
use Paysig\Http\VerifyWebhook;
use Paysig\Scheme;
use Paysig\Signer;
use Paysig\Status;
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
    private bool|\Throwable $storeWorks = true;
    /** @var array<string, ReplayState> */
    private array $store = [];
    /** @var list<string> */
    private array $refused = [];
    private string $log;

    protected function setUp(): void
    {
        $this->log = (string) \tempnam(\sys_get_temp_dir(), 'paysig');
        \ini_set('error_log', $this->log);
    }

    protected function tearDown(): void
    {
        \ini_restore('error_log');
        \unlink($this->log);
    }

    /** @return list<string> the lines of PHP's log since the last time, without their times */
    private function logged(): array
    {
        $lines = (array) \file($this->log, \FILE_IGNORE_NEW_LINES);
        \file_put_contents($this->log, '');
        return \array_map(static fn (string $line): string => (string) \preg_replace('/^\[[^]]*\] /', '', $line), $lines);
    }

    public function handle(ServerRequestInterface $request): ResponseInterface
    {
        $this->handled++;
        self::assertInstanceOf(Verified::class, $request->getAttribute(Verified::class));
        self::assertSame('{"id":1}', $request->getBody()->getContents());
        return $this->answer === 0 ? throw new \DomainException('handler') : (new Psr17Factory())->createResponse($this->answer);
    }

    public function begin(string $replayKey): ReplayClaim
    {
        if ($this->storeWorks !== true) {
            throw $this->storeWorks ?: new \RuntimeException('no store');
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

    public function testSchemesThatSignTheUrlNeedTheConfiguredOne(): void
    {
        $keys = ['signature_key' => 'k'];
        $sent = (new Signer('square', $keys, Flow::Webhook))->sign('POST', 'https://shop.example/hook', [], '{"id":1}')->headerMap();
        // What reaches the server behind its proxy.
        $request = new ServerRequest('POST', 'http://10.0.0.1:8080/hook', $sent, '{"id":1}');
        $answers = [];
        foreach (['https://shop.example', 'https://shop.example/', 'https://other.example', null] as $publicUrl) {
            $factory = new Psr17Factory();
            $verify = new VerifyWebhook(new Verifier('square', $keys), $factory, $factory, publicUrl: $publicUrl);
            $answers[] = $verify->process($request, $this)->getStatusCode();
        }
        self::assertSame([204, 204, 401, 500], $answers);
        // Of the four, the one that is not the sender's fault.
        self::assertCount(1, $lines = $this->logged());
        self::assertStringStartsWith('paysig: a webhook met an error: invalid_message: ', $lines[0]);
    }

    /** @return iterable<array{string, bool}> */
    public static function publicUrls(): iterable
    {
        foreach (['https://shop.example', 'HTTP://shop.example:8080/', 'https://shop.example/api', 'https://u:p@[::1]/'] as $base) {
            yield $base => [$base, true];
        }
        $others = ['', '/', 'shop.example', 'shop.example:443', '//shop.example', 'ftp://shop.example', 'https:shop.example', 'https://'];
        $others = [...$others, 'https:///hook', 'https://:443', 'https://shop.example?', 'https://shop.example/hook?a=1'];
        $others = [...$others, 'https://shop.example/#', "https://shop.example\n", 'https://shop.example/a b', 'https://shop.example\\a'];
        foreach ($others as $other) {
            yield $other => [$other, false];
        }
    }

    /** @dataProvider publicUrls */
    public function testThePublicUrlIsABase(string $publicUrl, bool $base): void
    {
        $factory = new Psr17Factory();
        try {
            // A scheme that signs no URL: no message would ever show the mistake.
            $verifier = new Verifier('directa24-deposits', self::CREDENTIALS);
            $webhook = new VerifyWebhook($verifier, $factory, $factory, publicUrl: $publicUrl);
            self::assertTrue($base, 'accepted');
            self::assertSame(204, $webhook->process(self::request(), $this)->getStatusCode());
        } catch (ConfigurationException $refused) {
            self::assertFalse($base, $refused->getMessage());
            self::assertSame([Status::InvalidOption, 'publicUrl'], [$refused->status, $refused->field]);
        }
    }

    public function testAPathOfTheBaseIsSigned(): void
    {
        $keys = ['signature_key' => 'k'];
        $signer = new Signer('square', $keys, Flow::Webhook);
        $sent = $signer->sign('POST', 'https://shop.example/api/hook?a=1', [], '{"id":1}')->headerMap();
        $request = new ServerRequest('POST', 'http://10.0.0.1:8080/hook?a=1', $sent, '{"id":1}');
        $factory = new Psr17Factory();
        $webhook = new VerifyWebhook(new Verifier('square', $keys), $factory, $factory, publicUrl: 'https://shop.example/api/');
        self::assertSame(204, $webhook->process($request, $this)->getStatusCode());
    }

    public function testWhatIsNotTheSendersFaultIsLogged(): void
    {
        $factory = new Psr17Factory();
        $verifier = new Verifier('directa24-deposits', self::CREDENTIALS);
        $webhook = new VerifyWebhook($verifier, $factory, $factory, $this, limit: 100);
        foreach ([[401, self::request(sent: '{"id":2}')], [413, self::request(\str_repeat('x', 101))]] as [$status, $request]) {
            self::assertSame($status, $webhook->process($request, $this)->getStatusCode());
        }
        $same = self::request();
        self::assertSame([204, 200], [$webhook->process($same, $this)->getStatusCode(), $webhook->process($same, $this)->getStatusCode()]);
        self::assertSame([], $this->logged());

        // What others throw may say what they read.
        $this->storeWorks = new \RuntimeException("AUTH geheim failed\n");
        self::assertSame(503, $webhook->process(self::request(), $this)->getStatusCode());
        $this->storeWorks = new PaysigException("no\nstore", Status::StoreUnavailable, 503, previous: $this->storeWorks);
        self::assertSame(503, $webhook->process(self::request(), $this)->getStatusCode());
        self::assertCount(2, $lines = $this->logged());
        self::assertMatchesRegularExpression('/^paysig: a webhook met an error: RuntimeException in .*WebhookTest.php:\d+$/', $lines[0]);
        $because = '/^paysig: a webhook met an error: no\\\\nstore, because of RuntimeException in .*WebhookTest.php:\d+$/';
        self::assertMatchesRegularExpression($because, $lines[1]);

        // Nobody fetches the key.
        $verifier = new Verifier(Scheme::fromToml(KeyServer::NAMED), []);
        $waiting = new ServerRequest('POST', '/', KeyServer::headers('k1', 'https://keys.example/k1'), 'body');
        self::assertSame(503, (new VerifyWebhook($verifier, $factory, $factory))->process($waiting, $this)->getStatusCode());
        self::assertCount(1, $lines = $this->logged());
        self::assertStringStartsWith('paysig: a webhook met an error: needs_key: ', $lines[0]);
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
        self::assertSame([['no store'], []], [$this->refused, $this->logged()]);
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
