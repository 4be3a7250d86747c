<?php

declare(strict_types=1);

namespace Paysig\Http;

use Paysig\Exception\VerificationException;
use Paysig\Handshake;
use Paysig\Key;
use Paysig\Verdict;
use Paysig\Verified;
use Paysig\Verifier;
use Psr\SimpleCache\CacheInterface;

/**
 * Verifies, and fetches the keys that Verdict::NeedsKey asks for. Which addresses a message may name is the recipe's to say. What goes
 * wrong is Verdict::NeedsKey with the cause as previous exception; VerifyWebhook answers 503, so that the sender comes again.
 */
final class KeyCache
{
    private const STORED_AS = 'paysig.keys';

    private Verifier $verifier;
    private readonly \SensitiveParameterValue $keys;
    /** @var ?list<string> the names of the fetched keys in the verifier; null if that is not known */
    private ?array $inside = [];
    /**
     * @var array{
     *     keys: array<string, array{id: string, url: string, document: string, until: int}>,
     *     failed: array<string, array{why: string, until: int}>,
     *     started: list<int>
     * } times in seconds
     */
    private array $state = ['keys' => [], 'failed' => [], 'started' => []];
    /** @var \Closure(string, string, string): (Key|array<string, string>) */
    private readonly \Closure $key;
    /** @var ?\Closure(string): string */
    private readonly ?\Closure $locate;
    /** @var \Closure(): int */
    private readonly \Closure $clock;

    /**
     * @param array<mixed> $keys those that you have, as for Verifier; may be empty
     * @param callable(string, string, string): (Key|array<string, string>) $key makes a key of the ring of id, address and document; what
     *     it cannot read it throws
     * @param ?callable(string): string $locate the address of a key where messages do not name it
     * @param ?CacheInterface $cache keeps the documents between requests and for all processes, for php-fpm; without it, this object
     *     does. What else stands there under $name is as good as nothing. While it cannot be written nothing is fetched: processes
     *     would not know of each other's fetches
     * @param int $maxBytes of one document
     * @param int $lifetime seconds, after which a key is fetched again when it is asked for
     * @param int $retryAfter seconds in which a fetch that failed is not tried again
     * @param int $perMinute how many fetches there may be in a minute, whatever messages ask for
     * @param int $maxKeys how many fetched keys are kept; the oldest goes first
     * @param string $name of the entry in the cache: another one for each scheme
     * @param ?callable(): int $clock seconds since 1970
     */
    public function __construct(
        Verifier $verifier,
        #[\SensitiveParameter] array $keys,
        callable $key,
        private readonly KeyFetcher $fetcher = new CurlKeyFetcher(),
        ?callable $locate = null,
        private readonly ?CacheInterface $cache = null,
        private readonly int $maxBytes = 65536,
        private readonly int $lifetime = 3600,
        private readonly int $retryAfter = 60,
        private readonly int $perMinute = 10,
        private readonly int $maxKeys = 8,
        private readonly string $name = self::STORED_AS,
        ?callable $clock = null,
    ) {
        $this->keys = new \SensitiveParameterValue($keys);
        $this->key = $key(...);
        $this->locate = $locate === null ? null : $locate(...);
        $this->clock = $clock === null ? \time(...) : $clock(...);
        $this->verifier = $verifier->withKeys($keys);
    }

    /**
     * Judges one message, after fetching the key if that is what is missing.
     *
     * @param array<mixed> $headers and the other parameters as for Verifier::verify()
     * @throws VerificationException
     */
    public function verify(
        string $method,
        string $url,
        #[\SensitiveParameter] array $headers,
        string $body,
        \DateTimeInterface|int|null $now = null,
        ?string $target = null,
    ): Verified {
        return $this->asked(static fn (Verifier $verifier): Verified
            => $verifier->verify($method, $url, $headers, $body, $now, $target));
    }

    /**
     * What to answer to an endpoint check, after fetching the key if that is what is missing to judge a signed one; null for any
     * other message.
     *
     * @param array<mixed> $headers and the other parameters as for Verifier::handshake()
     * @throws VerificationException
     */
    public function handshake(
        string $method,
        string $url,
        #[\SensitiveParameter] array $headers,
        string $body,
        \DateTimeInterface|int|null $now = null,
        ?string $target = null,
    ): ?Handshake {
        return $this->asked(static fn (Verifier $verifier): ?Handshake
            => $verifier->handshake($method, $url, $headers, $body, $now, $target));
    }

    /** @return array<string, mixed> without your keys and what your functions hold */
    public function __debugInfo(): array
    {
        return ['verifier' => $this->verifier, 'state' => $this->state];
    }

    /**
     * What the verifier says; it is asked again when the key that it lacked is there.
     *
     * @template T
     * @param \Closure(Verifier): T $question
     * @return T
     */
    private function asked(\Closure $question): mixed
    {
        $this->refresh(($this->clock)());
        try {
            return $question($this->verifier);
        } catch (VerificationException $need) {
            if ($need->verdict !== Verdict::NeedsKey) {
                throw $need;
            }
        }
        try {
            $this->fetch((string) $need->neededKeyId, (string) $need->neededKeyUrl);
        } catch (\Throwable $why) {
            throw new VerificationException(
                $need->getMessage(),
                Verdict::NeedsKey,
                $need->httpStatus,
                $need->field,
                $need->neededKeyId,
                $need->neededKeyUrl,
                $why,
            );
        }
        return $question($this->verifier);
    }

    private function fetch(string $id, string $url): void
    {
        $now = ($this->clock)();
        $name = "$id\n$url";
        if (isset($this->state['keys'][$name])) {
            // It is in the ring and does not fit the messages that ask for it; another fetch would bring the same.
            return;
        }
        if (isset($this->state['failed'][$name])) {
            throw new \RuntimeException($this->state['failed'][$name]['why']);
        }
        if (\count($this->state['started']) >= $this->perMinute) {
            throw new \RuntimeException("more than $this->perMinute keys were asked for in a minute");
        }
        $this->state['started'][] = $now;
        // Other processes count it while it is under way.
        $this->save();
        $before = null;
        try {
            if ($url === '') {
                $url = $this->locate === null
                    ? throw new \RuntimeException('the message names no address of the key, and $locate is not given')
                    : ($this->locate)($id);
            }
            $document = $this->fetcher->fetch($url, $this->maxBytes);
            // What other processes fetched and counted meanwhile is not overwritten.
            $this->refresh($now);
            $before = $this->state['keys'];
            unset($this->state['keys'][$name]);
            $this->state['keys'][$name] = ['id' => $id, 'url' => $url, 'document' => $document, 'until' => $now + $this->lifetime];
            $this->state['keys'] = \array_slice($this->state['keys'], -$this->maxKeys, null, true);
            $this->inside = null;
            $this->take();
        } catch (\Throwable $why) {
            if ($before === null) {
                $this->refresh($now);
            } else {
                $this->state['keys'] = $before;
            }
            $this->state['failed'][$name] = ['why' => $why->getMessage(), 'until' => $now + $this->retryAfter];
            throw $why;
        } finally {
            $this->save();
        }
    }

    /** What this and other processes have, without what is over. */
    private function refresh(int $now): void
    {
        $this->load();
        $this->drop($now);
    }

    /** Forgets what is over. */
    private function drop(int $now): void
    {
        $lasting = static fn (array $entry): bool => $entry['until'] > $now;
        $this->state['keys'] = \array_filter($this->state['keys'], $lasting);
        $this->state['failed'] = \array_filter($this->state['failed'], $lasting);
        $recent = static fn (int $time): bool => $time > $now - 60;
        $this->state['started'] = \array_values(\array_filter($this->state['started'], $recent));
        try {
            $this->take();
        } catch (\Throwable) {
            // What another version of your program stored and $key does not read any more is fetched again.
            $this->state['keys'] = [];
            $this->take();
        }
    }

    /** A verifier with the fetched keys, if it has others. */
    private function take(): void
    {
        $names = [];
        foreach ($this->state['keys'] as $name => $entry) {
            $names[] = "$name\n{$entry['until']}";
        }
        if ($names === $this->inside) {
            return;
        }
        $keys = $this->keys->getValue();
        $keys = \array_is_list($keys) ? $keys : [$keys];
        foreach ($this->state['keys'] as $entry) {
            $keys[] = ($this->key)($entry['id'], $entry['url'], $entry['document']);
        }
        $this->verifier = $this->verifier->withKeys($keys);
        $this->inside = $names;
    }

    private function load(): void
    {
        try {
            $stored = $this->cache?->get($this->name);
        } catch (\Throwable) {
            // Messages whose keys are here are judged without it; before a fetch, save() says what is wrong.
            return;
        }
        if (self::isState($stored)) {
            $this->state = $stored;
        }
    }

    /** Whether it has the form of $state: another program, or another version of this one, may have stored something else. */
    private static function isState(mixed $stored): bool
    {
        if (!\is_array($stored) || \array_keys($stored) !== ['keys', 'failed', 'started']) {
            return false;
        }
        foreach (['keys' => ['id', 'url', 'document'], 'failed' => ['why']] as $kind => $texts) {
            foreach (\is_array($stored[$kind]) ? $stored[$kind] : [null] as $entry) {
                if (!\is_array($entry) || \array_keys($entry) !== [...$texts, 'until'] || !\is_int($entry['until'])) {
                    return false;
                }
                foreach ($texts as $text) {
                    if (!\is_string($entry[$text])) {
                        return false;
                    }
                }
            }
        }
        return \is_array($stored['started']) && \array_filter($stored['started'], \is_int(...)) === $stored['started'];
    }

    private function save(): void
    {
        $lifetime = \max($this->lifetime, $this->retryAfter, 60);
        if ($this->cache?->set($this->name, $this->state, $lifetime) === false) {
            throw new \RuntimeException('the cache does not keep what is fetched: its set() failed');
        }
    }
}
