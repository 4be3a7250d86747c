<?php

declare(strict_types=1);

namespace Paysig\Tests;

use Nyholm\Psr7\Factory\Psr17Factory;
use Nyholm\Psr7\ServerRequest;
use Paysig\Exception\VerificationException;
use Paysig\Http\CurlKeyFetcher;
use Paysig\Http\KeyCache;
use Paysig\Http\KeyFetcher;
use Paysig\Http\Psr18KeyFetcher;
use Paysig\Http\VerifyWebhook;
use Paysig\Scheme;
use Paysig\Verdict;
use Paysig\Verified;
use Paysig\Verifier;
use PHPUnit\Framework\TestCase;
use Psr\Http\Client\ClientInterface;
use Psr\Http\Message\RequestInterface;
use Psr\Http\Message\ResponseInterface;
use Psr\Http\Message\ServerRequestInterface;
use Psr\Http\Server\RequestHandlerInterface;
use Psr\SimpleCache\CacheInterface;

/** Keys come from a server on loopback that curl takes for keys.example, the only host that the recipe allows. */
final class KeyCacheTest extends TestCase
{
    private const LOCATED = KeyServer::RECIPE . "\nfetch = {}";

    private static ?KeyServer $server = null;
    private int $now = 1_000_000;

    public static function setUpBeforeClass(): void
    {
        self::$server = new KeyServer();
    }

    public static function tearDownAfterClass(): void
    {
        self::$server = null;
    }

    private static function asked(): int
    {
        return (int) self::$server?->asked();
    }

    private static function curl(int $milliseconds = 10_000): CurlKeyFetcher
    {
        return KeyServer::fetcher((int) self::$server?->port, (string) self::$server?->certificate, $milliseconds);
    }

    /** @param array<string, mixed> $options */
    private function cache(array $options = [], string $recipe = KeyServer::NAMED): KeyCache
    {
        $clock = fn (): int => $this->now;
        $options += ['fetcher' => self::curl(), 'clock' => $clock];
        return new KeyCache(new Verifier(Scheme::fromToml($recipe), []), [], KeyServer::key(...), ...$options);
    }

    private static function verify(KeyCache $cache, string $id, string $path, string $body = 'body'): Verified
    {
        return $cache->verify('POST', '/', KeyServer::headers($id, "https://keys.example$path"), $body);
    }

    private static function refused(Verdict $verdict, string $why, callable $call): void
    {
        try {
            $call();
            self::fail('accepted');
        } catch (VerificationException $refused) {
            self::assertSame($verdict, $refused->verdict);
            self::assertStringContainsString($why, (string) $refused->getPrevious()?->getMessage());
        }
    }

    public function testFetchesOnceInALifetime(): void
    {
        $cache = $this->cache();
        $before = self::asked();
        for ($i = 0; $i < 3; $i++) {
            self::assertSame('k1', self::verify($cache, 'k1', '/k1')->keyId);
        }
        self::assertSame(1, self::asked() - $before);
        $this->now += 3600;
        self::verify($cache, 'k1', '/k1');
        self::assertSame(2, self::asked() - $before);
        self::refused(Verdict::SignatureMismatch, '', fn () => self::verify($cache, 'k1', '/k1', 'other'));
    }

    public function testACacheKeepsKeysAndFailuresBetweenRequests(): void
    {
        $store = new ArrayCache();
        $before = self::asked();
        for ($i = 0; $i < 2; $i++) {
            self::verify($this->cache(['cache' => $store]), 'k1', '/k1');
            self::refused(Verdict::NeedsKey, '404', fn () => self::verify($this->cache(['cache' => $store]), 'x', '/missing'));
        }
        self::assertSame(2, self::asked() - $before);
    }

    public function testWhatCannotBeFetchedIsNotAskedForAgainAtOnce(): void
    {
        $cache = $this->cache(['maxBytes' => 20, 'perMinute' => 100, 'fetcher' => self::curl(1000)]);
        $cases = ['/moved' => '302', '/missing' => '404', '/large' => 'larger than 20', '/other' => 'no key', '/slow' => 'cannot'];
        foreach ($cases as $path => $why) {
            $before = self::asked();
            self::refused(Verdict::NeedsKey, $why, fn () => self::verify($cache, 'k1', $path));
            self::refused(Verdict::NeedsKey, $why, fn () => self::verify($cache, 'k1', $path));
            self::assertSame(1, self::asked() - $before, $path);
        }
        \usleep(1_200_000);
        $this->now += 60;
        $before = self::asked();
        self::refused(Verdict::NeedsKey, '404', fn () => self::verify($cache, 'k1', '/missing'));
        self::assertSame(1, self::asked() - $before);
        foreach (['https://evil.example', 'http://keys.example', 'https://keys.example:444', 'https://u@keys.example'] as $url) {
            self::refused(Verdict::ContentRejected, '', fn () => $cache->verify('POST', '/', KeyServer::headers('k1', $url), 'body'));
        }
        self::assertSame(1, self::asked() - $before);
    }

    public function testAKeyThatDoesNotFitIsNotFetchedAtEveryMessage(): void
    {
        $verifier = new Verifier(Scheme::fromToml(KeyServer::NAMED), []);
        $cache = new KeyCache($verifier, [], static fn (): array => ['kid' => 'another', 'secret' => 's'], self::curl());
        $before = self::asked();
        for ($i = 0; $i < 3; $i++) {
            self::refused(Verdict::NeedsKey, '', fn () => self::verify($cache, 'k1', '/k1'));
        }
        self::assertSame(1, self::asked() - $before);
    }

    public function testTlsIsVerifiedAndOtherProtocolsAreRefused(): void
    {
        $stranger = new CurlKeyFetcher(10_000, [\CURLOPT_CONNECT_TO => ['keys.example:443:127.0.0.1:' . self::$server?->port]]);
        foreach ([[$stranger, 'https://keys.example/k1'], [self::curl(), 'file:///etc/passwd']] as [$fetcher, $url]) {
            try {
                $fetcher->fetch($url, 1000);
                self::fail("read $url");
            } catch (\RuntimeException $failure) {
                self::assertStringContainsString('cannot be read', $failure->getMessage());
            }
        }
    }

    public function testAKeyEndsInTimeThoughAnotherCouldNotBeRead(): void
    {
        $cache = $this->cache();
        self::verify($cache, 'k1', '/k1');
        self::refused(Verdict::NeedsKey, 'no key', fn () => self::verify($cache, 'k2', '/other'));
        $this->now += 3600;
        $before = self::asked();
        self::verify($cache, 'k1', '/k1');
        self::assertSame(1, self::asked() - $before);
    }

    public function testOtherProcessesSeeAFetchThatIsUnderWay(): void
    {
        $store = new ArrayCache();
        $options = ['cache' => $store, 'perMinute' => 1];
        $fetcher = new class (fn () => self::verify($this->cache($options), 'k2', '/k2')) implements KeyFetcher {
            public function __construct(private \Closure $other)
            {
            }

            public function fetch(string $url, int $maxBytes): string
            {
                ($this->other)();
                return '';
            }
        };
        $cache = $this->cache(['fetcher' => $fetcher] + $options);
        self::refused(Verdict::NeedsKey, 'in a minute', static function () use ($cache): void {
            try {
                self::verify($cache, 'k1', '/k1');
            } catch (VerificationException $refused) {
                throw $refused->getPrevious() ?? $refused;
            }
        });
    }

    public function testACacheThatDoesNotAnswer(): void
    {
        $store = $this->createStub(CacheInterface::class);
        $store->method('get')->willThrowException(new \RedisException('Connection refused'));
        $store->method('set')->willThrowException(new \RedisException('Connection refused'));
        $verifier = new Verifier(Scheme::fromToml(KeyServer::NAMED), []);
        $cache = new KeyCache($verifier, KeyServer::key('k1', '', 'secret of k1'), KeyServer::key(...), self::curl(), cache: $store);
        $before = self::asked();
        self::assertSame('k1', self::verify($cache, 'k1', '/k1')->keyId);
        self::refused(Verdict::NeedsKey, 'Connection refused', fn () => self::verify($cache, 'k2', '/k2'));
        self::assertSame(0, self::asked() - $before);
    }

    public function testThereIsALimit(): void
    {
        $cache = $this->cache(['perMinute' => 2, 'maxKeys' => 1]);
        self::verify($cache, 'k1', '/k1');
        self::verify($cache, 'k2', '/k2');
        self::refused(Verdict::NeedsKey, 'in a minute', fn () => self::verify($cache, 'k3', '/k3'));
        // The oldest had to go.
        self::refused(Verdict::NeedsKey, 'in a minute', fn () => self::verify($cache, 'k1', '/k1'));
        self::assertSame('k2', self::verify($cache, 'k2', '/k2')->keyId);
        $this->now += 60;
        self::assertSame('k3', self::verify($cache, 'k3', '/k3')->keyId);
    }

    public function testTheHostLocatesAndTheMiddlewareUsesTheCache(): void
    {
        $headers = KeyServer::headers('k1', null, self::LOCATED);
        self::refused(Verdict::NeedsKey, 'no address', fn () => $this->cache([], self::LOCATED)->verify('POST', '/', $headers, 'body'));
        $psr18 = new class (self::curl()) implements ClientInterface {
            public function __construct(private CurlKeyFetcher $curl)
            {
            }

            public function sendRequest(RequestInterface $request): ResponseInterface
            {
                $factory = new Psr17Factory();
                $document = $this->curl->fetch((string) $request->getUri(), 1000);
                return $factory->createResponse()->withBody($factory->createStream($document));
            }
        };
        $factory = new Psr17Factory();
        $locate = static fn (string $id): string => "https://keys.example/$id";
        $cache = $this->cache(['fetcher' => new Psr18KeyFetcher($psr18, $factory), 'locate' => $locate], self::LOCATED);
        $handler = new class implements RequestHandlerInterface {
            public function handle(ServerRequestInterface $request): ResponseInterface
            {
                $id = $request->getAttribute(Verified::class)->keyId;
                return (new Psr17Factory())->createResponse()->withHeader('X-Id', $id);
            }
        };
        $response = (new VerifyWebhook($cache, $factory, $factory))->process(new ServerRequest('POST', '/', $headers, 'body'), $handler);
        self::assertSame([200, 'k1'], [$response->getStatusCode(), $response->getHeaderLine('X-Id')]);
    }

    public function testALargeDocumentOverPsr18(): void
    {
        $factory = new Psr17Factory();
        $client = $this->createStub(ClientInterface::class);
        $client->method('sendRequest')->willReturn($factory->createResponse()->withBody($factory->createStream(\str_repeat('x', 11))));
        $this->expectExceptionMessage('larger than 10 bytes');
        (new Psr18KeyFetcher($client, $factory))->fetch('https://keys.example/', 10);
    }
}
