<?php

declare(strict_types=1);

namespace Paysig\Http;

/**
 * A replay guard that all processes and servers share, over Redis or Valkey. Every step is one atomic operation on one key. What the
 * server does not do is `store_unavailable`, and VerifyWebhook answers 503.
 *
 * The server must not forget: run it with maxmemory-policy noeviction (another policy is refused at the first begin(), where the server
 * tells), and with appendonly if what was handled shall be known after its restart. Give the client a timeout of a few seconds.
 */
final class RedisReplayGuard implements ReplayGuard
{
    private const DONE = 'done';
    private const LEASE = 'lease:';
    /**
     * Answers one's own lease to the one who may handle the message, also if he asks again because the answer was lost; else what is
     * stored: done or another's lease.
     */
    private const BEGIN = <<<'LUA'
        local held = redis.call('GET', KEYS[1])
        if held then return held end
        redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
        return ARGV[1]
        LUA;
    /** A lease that ran out and that nobody took is committed all the same: the message was handled. */
    private const COMMIT = <<<'LUA'
        local held = redis.call('GET', KEYS[1])
        if held == ARGV[1] or not held then redis.call('SET', KEYS[1], 'done', 'PX', ARGV[2]) return 1 end
        return 0
        LUA;
    private const RELEASE = <<<'LUA'
        if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
        return 0
        LUA;

    private bool $asked = false;

    /**
     * @param \Closure(string ...$command): mixed $send sends one command and gives the answer: a string, an int, or null where the
     *     server says that there is nothing; throws if the server reports an error or cannot be reached
     * @param int $retention seconds that a handled message is remembered: Verifier::retention() or more; a week
     * @param int $lease seconds that a handler may take; of one that died, the message is handled again afterwards
     * @param string $prefix of the keys
     */
    public function __construct(
        private readonly \Closure $send,
        private readonly int $retention = 604_800,
        private readonly int $lease = 60,
        private readonly string $prefix = 'paysig:replay:',
    ) {
        ReplayClaim::checkTimes($retention, $lease);
    }

    /** Over the extension redis. Its own prefix and serializer are not used. */
    public static function phpredis(
        \Redis $redis,
        int $retention = 604_800,
        int $lease = 60,
        string $prefix = 'paysig:replay:',
    ): self {
        $send = static function (string ...$command) use ($redis): mixed {
            $redis->clearLastError();
            $answer = $redis->rawCommand(...$command);
            $error = $redis->getLastError();
            if ($error !== null) {
                throw new \RuntimeException($error);
            }
            return $answer === false ? null : $answer;
        };
        return new self($send, $retention, $lease, $prefix);
    }

    /** Over Predis. Its own prefix is not used. */
    public static function predis(
        \Predis\Client $client,
        int $retention = 604_800,
        int $lease = 60,
        string $prefix = 'paysig:replay:',
    ): self {
        $send = static function (string ...$command) use ($client): mixed {
            $failed = false;
            $answer = $client->executeRaw($command, $failed);
            return $failed ? throw new \RuntimeException((string) $answer) : $answer;
        };
        return new self($send, $retention, $lease, $prefix);
    }

    public function begin(string $replayKey): ReplayClaim
    {
        ReplayClaim::checkKey($replayKey);
        $this->checkPolicy();
        $lease = self::LEASE . \bin2hex(\random_bytes(16));
        $lasts = (string) (1000 * $this->lease);
        $held = $this->send('EVAL', self::BEGIN, '1', $this->prefix . $replayKey, $lease, $lasts);
        return match (true) {
            $held === $lease => new ReplayClaim(ReplayState::Fresh, $replayKey, $lease),
            $held === self::DONE => new ReplayClaim(ReplayState::Done, $replayKey),
            \is_string($held) && \str_starts_with($held, self::LEASE) =>
                new ReplayClaim(ReplayState::InProgress, $replayKey),
            default => throw StoreFailure::because('the replay store holds under this key what is not the guard\'s'),
        };
    }

    public function commit(ReplayClaim $claim): void
    {
        $retention = (string) (1000 * $this->retention);
        if ($this->send('EVAL', self::COMMIT, '1', $this->prefix . $claim->replayKey, $claim->lease, $retention) !== 1) {
            throw StoreFailure::leaseLost();
        }
    }

    public function release(ReplayClaim $claim): void
    {
        $this->send('EVAL', self::RELEASE, '1', $this->prefix . $claim->replayKey, $claim->lease);
    }

    /** @return array<string, mixed> without the client, which may show its password */
    public function __debugInfo(): array
    {
        return ['retention' => $this->retention, 'lease' => $this->lease, 'prefix' => $this->prefix];
    }

    private function send(string ...$command): mixed
    {
        try {
            return ($this->send)(...$command);
        } catch (\Throwable $failure) {
            throw \str_starts_with($failure->getMessage(), 'OOM')
                ? StoreFailure::full($failure)
                : StoreFailure::because('the replay store did not answer', $failure);
        }
    }

    /**
     * Refuses a server that throws keys away when it is full: what it forgets would be accepted again. A server that does not tell is
     * taken as it is.
     */
    private function checkPolicy(): void
    {
        if ($this->asked) {
            return;
        }
        $info = $this->send('INFO', 'memory');
        \preg_match_all('/^(maxmemory|maxmemory_policy):(\S+)/m', \is_string($info) ? $info : '', $lines);
        $told = \array_combine($lines[1], $lines[2]) + ['maxmemory' => '0', 'maxmemory_policy' => 'noeviction'];
        if ($told['maxmemory'] !== '0' && $told['maxmemory_policy'] !== 'noeviction') {
            throw StoreFailure::because('the replay store would forget messages when it is full (maxmemory-policy '
                . $told['maxmemory_policy'] . '): set maxmemory-policy noeviction');
        }
        $this->asked = true;
    }
}
