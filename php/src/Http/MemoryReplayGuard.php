<?php

declare(strict_types=1);

namespace Paysig\Http;

/**
 * A replay guard in the memory of one long-running process (RoadRunner, Swoole, tests). Under php-fpm, where memory ends with the
 * request, and with several processes it does not protect: take RedisReplayGuard there. It is bounded; full of what must be remembered,
 * it refuses instead of forgetting.
 */
final class MemoryReplayGuard implements ReplayGuard
{
    /** @var array<string, array{lease: string, until: int}> lease "": handled */
    private array $entries = [];
    /** @var \SplMinHeap<array{int, string}> when an entry ended or would have ended, and its key */
    private \SplMinHeap $ends;
    private int $attempts = 0;
    private bool $sweeping = false;
    /** @var \Closure(): int */
    private readonly \Closure $clock;

    /**
     * @param int $retention seconds that a handled message is remembered: Verifier::retention() or more
     * @param int $lease seconds that a handler may take; of one that died, the message is handled again afterwards
     * @param int $capacity messages remembered at a time, about 500 bytes each
     * @param ?callable(): int $clock milliseconds
     */
    public function __construct(
        private readonly int $retention,
        private readonly int $lease = 60,
        private readonly int $capacity = 100_000,
        ?callable $clock = null,
    ) {
        ReplayClaim::checkTimes($retention, $lease);
        $this->ends = new \SplMinHeap();
        $this->clock = $clock === null ? static fn (): int => (int) (\microtime(true) * 1000) : $clock(...);
    }

    public function begin(string $replayKey): ReplayClaim
    {
        ReplayClaim::checkKey($replayKey);
        $until = $this->forgetEnded() + 1000 * $this->lease;
        if (!isset($this->entries[$replayKey])) {
            $this->addEnd($replayKey, $until);
        }
        $lease = (string) ++$this->attempts;
        // Looks and claims in one: PHP lets no signal handler and no other coroutine in between, as it would at a call.
        $entry = $this->entries[$replayKey] ??= ['lease' => $lease, 'until' => $until];
        if ($entry['lease'] !== $lease) {
            return new ReplayClaim($entry['lease'] === '' ? ReplayState::Done : ReplayState::InProgress, $replayKey);
        }
        return new ReplayClaim(ReplayState::Fresh, $replayKey, $lease);
    }

    public function commit(ReplayClaim $claim): void
    {
        $now = $this->forgetEnded();
        $entry = $this->entries[$claim->replayKey] ?? null;
        // A lease that ran out and that nobody took is committed all the same: the message was handled.
        if ($entry !== null && $entry['lease'] !== $claim->lease) {
            throw StoreFailure::leaseLost();
        }
        $until = $now + 1000 * $this->retention;
        $this->addEnd($claim->replayKey, $until);
        $this->entries[$claim->replayKey] = ['lease' => '', 'until' => $until];
    }

    public function release(ReplayClaim $claim): void
    {
        if ($claim->state === ReplayState::Fresh && ($this->entries[$claim->replayKey]['lease'] ?? null) === $claim->lease) {
            unset($this->entries[$claim->replayKey]);
        }
    }

    /** Notes the end of an entry that is about to be written, if its key has one already or there is room. */
    private function addEnd(string $key, int $until): void
    {
        if (!isset($this->entries[$key]) && \count($this->entries) >= $this->capacity) {
            throw StoreFailure::full();
        }
        $this->ends->insert([$until, $key]);
    }

    /** @return int the time */
    private function forgetEnded(): int
    {
        $now = ($this->clock)();
        // What is let in while it sweeps does not sweep as well.
        $nested = $this->sweeping;
        $this->sweeping = true;
        try {
            if (!$nested) {
                $this->sweep($now);
            }
        } finally {
            if (!$nested) {
                $this->sweeping = false;
            }
        }
        return $now;
    }

    private function sweep(int $now): void
    {
        // Entries that changed leave an end behind; many of these are swept out together.
        if (\count($this->ends) > 2 * \count($this->entries) + 1000) {
            $this->ends = new \SplMinHeap();
            foreach ($this->entries as $key => $entry) {
                $this->ends->insert([$entry['until'], (string) $key]);
            }
        }
        while (!$this->ends->isEmpty() && $this->ends->top()[0] <= $now) {
            [, $key] = $this->ends->extract();
            if (($this->entries[$key]['until'] ?? \PHP_INT_MAX) <= $now) {
                unset($this->entries[$key]);
            }
        }
    }
}
