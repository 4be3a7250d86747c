<?php

declare(strict_types=1);

namespace Paysig\Tests;

use Nyholm\Psr7\Factory\Psr17Factory;
use Paysig\Exception\PaysigException;
use Paysig\Http\CurlKeyFetcher;
use Paysig\Http\KeyCache;
use Paysig\Http\RedisReplayGuard;
use Paysig\Http\VerifyWebhook;
use Paysig\Key;
use Paysig\Scheme;
use Paysig\Signer;
use Paysig\TokenAction;
use Paysig\TokenSession;
use Paysig\TokenStep;
use Paysig\Verifier;
use PHPUnit\Framework\TestCase;

/** What holds a secret shows it neither in dumps, exports, JSON and casts nor in the traces of exceptions. */
final class SecretsTest extends TestCase
{
    private const SECRET = 'geheim';
    private const KEYS = ['kid' => 'k1', 'secret' => self::SECRET];
    private const NOW = 1767323045000;

    protected function setUp(): void
    {
        \ini_set('zend.exception_ignore_args', '0');
        \ini_set('zend.exception_string_param_max_len', '1000');
    }

    protected function tearDown(): void
    {
        \ini_restore('zend.exception_ignore_args');
        \ini_restore('zend.exception_string_param_max_len');
    }

    private static function keyCache(): KeyCache
    {
        $verifier = new Verifier(Scheme::fromToml(KeyServer::NAMED), []);
        $fetcher = new CurlKeyFetcher(options: [\CURLOPT_PROXYUSERPWD => self::SECRET]);
        return new KeyCache($verifier, self::KEYS, KeyServer::key(...), $fetcher);
    }

    /** @return iterable<string, array{object}> */
    public static function holders(): iterable
    {
        $session = new TokenSession('pledg-token', ['api_key' => 'shop', 'api_secret' => self::SECRET]);
        yield 'Key' => [new Key(self::KEYS)];
        yield 'keys' => [(object) ['keys' => [new Key(self::KEYS, 1, new \DateTimeImmutable())]]];
        yield 'fetch' => [$session->next(self::NOW)];
        $session->fetched(200, '{"access_token":"' . self::SECRET . '","token_type":"Bearer","expires_in":3600}', self::NOW);
        yield 'authorize' => [$session->next(self::NOW)];
        yield 'body' => [new TokenStep(TokenAction::Fetch, body: 'client_secret=' . self::SECRET)];
        yield 'TokenSession' => [$session];
        yield 'Signer' => [new Signer('http-bearer', ['token' => self::SECRET])];
        yield 'Verifier' => [new Verifier('slack', ['signing_secret' => self::SECRET])];
        yield 'CurlKeyFetcher' => [new CurlKeyFetcher(options: [\CURLOPT_PROXYUSERPWD => 'shop:' . self::SECRET])];
        yield 'KeyCache' => [self::keyCache()];
        $factory = new Psr17Factory();
        yield 'VerifyWebhook' => [new VerifyWebhook(self::keyCache(), $factory, $factory)];
    }

    /** @return list<string> dumps and JSON */
    private static function shown(object $holder): array
    {
        \ob_start();
        \var_dump($holder);
        return [(string) \ob_get_clean(), \print_r($holder, true), \json_encode($holder, \JSON_THROW_ON_ERROR)];
    }

    /** @param list<string> $texts */
    private static function assertNoSecret(array $texts): void
    {
        foreach ($texts as $text) {
            foreach ([self::SECRET, \base64_encode('shop:' . self::SECRET)] as $secret) {
                self::assertStringNotContainsString($secret, $text);
            }
        }
    }

    /** @dataProvider holders */
    public function testNothingShowsTheSecret(object $holder): void
    {
        self::assertNoSecret([...self::shown($holder), \var_export($holder, true), \print_r((array) $holder, true)]);
    }

    /** @dataProvider holders */
    public function testNothingSerializesTheSecret(object $holder): void
    {
        $this->expectException(\Exception::class);
        $this->expectExceptionMessageMatches('/cannot be serialized|is not allowed/');
        \serialize($holder);
    }

    public function testWhatHasToBeSentCanBe(): void
    {
        $step = new TokenStep(TokenAction::Fetch, null, [['Authorization', 'Basic x']], 'POST', '/token', 'grant');
        self::assertSame([[['Authorization', 'Basic x']], 'grant'], [$step->headers(), $step->body()]);
        $action = TokenAction::Fetch->value;
        self::assertSame('{"action":' . $action . ',"until":null,"method":"POST","target":"\/token"}', \json_encode($step));
        $key = new Key(self::KEYS, notAfter: 7);
        self::assertSame([self::KEYS, null, 7], [$key->credentials(), $key->notBefore, $key->notAfter]);
        self::assertSame('{"credentials":{"kid":"*","secret":"*"},"notBefore":null,"notAfter":7}', \json_encode($key));
    }

    /** These are read and sent as they are; only what is written for people leaves the secret out. */
    public function testResultsAreShownWithoutTheSecret(): void
    {
        $bearer = (new Signer('http-bearer', ['token' => self::SECRET]))->sign('GET', '/');
        self::assertSame('Bearer ' . self::SECRET, $bearer->header('authorization'));
        $keys = ['access_key' => 'ak', 'secret_key' => self::SECRET];
        $prepared = (new Signer('rapyd', $keys))->prepare('GET', '/', [], '', self::NOW, 'abcdefgh');
        self::assertStringContainsString(self::SECRET, $prepared->stringToSign);
        foreach ([$bearer, $prepared] as $result) {
            self::assertNoSecret(self::shown($result));
        }
        self::assertStringContainsString('"headers":["Authorization"]', (string) \json_encode($bearer));
    }

    /** PHP shows what a closure holds. */
    public function testWhatYourFunctionsHoldIsNotDumped(): void
    {
        $keys = self::KEYS;
        $cache = new KeyCache(new Verifier(Scheme::fromToml(KeyServer::NAMED), []), [], static fn (): array => $keys);
        $guard = new RedisReplayGuard(static fn (string ...$command): mixed => $keys);
        self::assertStringContainsString(self::SECRET, \print_r(static fn (): array => $keys, true));
        self::assertNoSecret([...self::shown($cache), ...self::shown($guard)]);
    }

    /** @return iterable<string, array{\Closure(): mixed}> */
    public static function failures(): iterable
    {
        yield 'a credential that is missing' => [static fn () => new Signer('directa24-deposits', ['secret' => self::SECRET])];
        yield 'a ring with something else' => [static fn () => new Verifier('slack', [['signing_secret' => self::SECRET], self::SECRET])];
        $named = ['signing_secret' => self::SECRET];
        yield 'an option' => [static fn () => new Verifier('slack', $named, variants: ['none'])];
        yield 'a session' => [static fn () => new TokenSession('slack', ['api_secret' => self::SECRET], self::SECRET)];
        $verifier = new Verifier('xendit', ['callback_token' => 'another']);
        $headers = ['X-Callback-Token' => self::SECRET];
        yield 'a token in a header' => [static fn () => $verifier->verify('POST', '/', $headers, '{}')];
        yield 'a token in a stream' => [static fn () => $verifier->stream('POST', '/', $headers)->verified()];
        yield 'a header that is no text' => [static fn () => $verifier->verify('POST', '/', $headers + ['A' => 1], '{}')];
        $options = [\CURLOPT_PROXYUSERPWD => self::SECRET, 'no' => 1];
        yield 'an option of curl' => [static fn () => (new CurlKeyFetcher(options: $options))->fetch('https://127.0.0.1:1/', 1)];
    }

    /**
     * @dataProvider failures
     * @param \Closure(): mixed $call
     */
    public function testTracesHoldNoSecret(\Closure $call): void
    {
        try {
            $call();
            self::fail('accepted');
        } catch (PaysigException $failure) {
            $frames = [];
            foreach ($failure->getTrace() as $frame) {
                if (($frame['class'] ?? '') === self::class) {
                    break;
                }
                $frames[] = \print_r($frame['args'] ?? [], true);
            }
            self::assertNotSame([], $frames);
            self::assertNoSecret([$failure->getMessage(), ...$frames]);
        }
    }
}
