<?php

declare(strict_types=1);

namespace Paysig\Tests;

use Paysig\Exception\ConfigurationException;
use Paysig\Exception\PaysigException;
use Paysig\Http\MemoryReplayGuard;
use Paysig\Http\RedisReplayGuard;
use Paysig\Http\ReplayClaim;
use Paysig\Http\ReplayGuard;
use Paysig\Http\ReplayState;
use Paysig\Status;
use PHPUnit\Framework\TestCase;

/** The guards that come with the package; Redis is a real server. */
final class ReplayGuardTest extends TestCase
{
    private const RACES = 1000;
    /** After so many the two processes wait for each other, so that neither runs away. */
    private const LAP = 100;

    private static ?string $folder = null;
    private static int $port;
    private static ?Server $server = null;

    public static function setUpBeforeClass(): void
    {
        self::$folder = \sys_get_temp_dir() . '/paysig-redis-' . \bin2hex(\random_bytes(4));
        \mkdir(self::$folder);
        self::$port = Server::port();
        self::startServer();
    }

    public static function tearDownAfterClass(): void
    {
        self::$server = null;
        \exec('rm -rf ' . \escapeshellarg((string) self::$folder));
    }

    private static function startServer(): void
    {
        self::$server = Server::at('tcp://127.0.0.1:' . self::$port, [
            'redis-server', '--port', (string) self::$port, '--bind', '127.0.0.1', '--dir', (string) self::$folder, '--save', '',
            '--appendonly', 'yes', '--maxmemory-policy', 'noeviction',
        ]);
        // It listens before it has read what it knew.
        for ($i = 0; $i < 200; $i++) {
            try {
                self::redis()->ping();
                return;
            } catch (\RedisException) {
                \usleep(20_000);
            }
        }
        throw new \RuntimeException('redis-server does not answer');
    }

    private static function redis(): \Redis
    {
        $redis = new \Redis();
        $redis->connect('127.0.0.1', self::$port, 2.0, null, 0, 2.0);
        return $redis;
    }

    private static function refused(string $text, callable $call): void
    {
        try {
            $call();
            self::fail("not refused: $text");
        } catch (PaysigException $failure) {
            self::assertSame([Status::StoreUnavailable, 503], [$failure->status, $failure->httpStatus]);
            self::assertStringStartsWith('store_unavailable: ', $failure->getMessage());
            self::assertStringContainsString($text, $failure->getMessage());
        }
    }

    /** @return iterable<string, array{callable(): ReplayGuard}> */
    public static function guards(): iterable
    {
        $predis = '/usr/share/php/Predis/autoload.php';
        yield 'memory' => [static fn () => new MemoryReplayGuard(600, 1)];
        yield 'redis' => [static fn () => RedisReplayGuard::phpredis(self::redis(), 600, 1)];
        yield 'predis' => [static function () use ($predis): ReplayGuard {
            if (!\class_exists(\Predis\Client::class)) {
                require_once $predis;
            }
            return RedisReplayGuard::predis(new \Predis\Client(['port' => self::$port]), 600, 1);
        }];
    }

    /**
     * @dataProvider guards
     * @param callable(): ReplayGuard $guard
     */
    public function testOnceAndAgainAfterAFailure(callable $guard): void
    {
        $guard = $guard();
        $key = \bin2hex(\random_bytes(8));
        $first = $guard->begin($key);
        self::assertSame(ReplayState::Fresh, $first->state);
        self::assertSame(ReplayState::InProgress, $guard->begin($key)->state);
        $guard->release($first);
        $second = $guard->begin($key);
        self::assertSame(ReplayState::Fresh, $second->state);
        $guard->release($first);
        self::assertSame(ReplayState::InProgress, $guard->begin($key)->state);
        $guard->commit($second);
        self::assertSame(ReplayState::Done, $guard->begin($key)->state);
        $this->expectException(ConfigurationException::class);
        $guard->begin(\str_repeat('k', 513));
    }

    /**
     * @dataProvider guards
     * @param callable(): ReplayGuard $guard
     */
    public function testLeasesRunOut(callable $guard): void
    {
        $guard = $guard();
        $taken = \bin2hex(\random_bytes(8));
        $free = \bin2hex(\random_bytes(8));
        $late = $guard->begin($taken);
        $slow = $guard->begin($free);
        \usleep(1_050_000);
        $next = $guard->begin($taken);
        self::assertSame(ReplayState::Fresh, $next->state);
        self::refused('the lease ran out', fn () => $guard->commit($late));
        $guard->release($late);
        $guard->commit($next);
        // Nobody took this one.
        $guard->commit($slow);
        self::assertSame([ReplayState::Done, ReplayState::Done], [$guard->begin($taken)->state, $guard->begin($free)->state]);
    }

    /**
     * @dataProvider guards
     * @param callable(): ReplayGuard $guard
     */
    public function testReleasingWhatIsNotLeasedForgetsNothing(callable $guard): void
    {
        $guard = $guard();
        $key = \bin2hex(\random_bytes(8));
        $guard->commit($guard->begin($key));
        $guard->release($guard->begin($key));
        self::assertSame(ReplayState::Done, $guard->begin($key)->state);
    }

    public function testTimesOfNoLengthOrWithoutEndAreRefused(): void
    {
        $send = static fn (string ...$command): mixed => 'OK';
        $bad = [[0, 60, 'retention'], [-1, 60, 'retention'], [600, 0, 'lease']];
        \array_push($bad, [\PHP_INT_MAX, 60, 'retention'], [1 << 40, 60, 'retention'], [600, \PHP_INT_MAX, 'lease']);
        foreach ($bad as [$retention, $lease, $field]) {
            $memory = static fn () => new MemoryReplayGuard($retention, $lease);
            $redis = static fn () => new RedisReplayGuard($send, $retention, $lease);
            foreach ([$memory, $redis] as $make) {
                try {
                    $make();
                    self::fail('made');
                } catch (ConfigurationException $refused) {
                    self::assertSame($field, $refused->field);
                    self::assertSame("$field must be a number of seconds from 1 to 1099511627775", $refused->getMessage());
                }
            }
        }
    }

    public function testTheLongestTimes(): void
    {
        $longest = (1 << 40) - 1;
        $guards = [new MemoryReplayGuard($longest, $longest), RedisReplayGuard::phpredis(self::redis(), $longest, $longest)];
        foreach ($guards as $guard) {
            $key = \bin2hex(\random_bytes(8));
            $guard->commit($guard->begin($key));
            self::assertSame(ReplayState::Done, $guard->begin($key)->state);
        }
    }

    /** What fails while it is committed is not forgotten: the next delivery is not fresh. */
    public function testACommitThatFailsKeepsItsEntry(): void
    {
        // The lease ends before time does, the retention after.
        $guard = new MemoryReplayGuard(600, 60, 10, static fn (): int => \PHP_INT_MAX - 100_000);
        $claim = $guard->begin('k');
        try {
            $guard->commit($claim);
            self::fail('committed');
        } catch (\TypeError) {
            self::assertSame(ReplayState::InProgress, $guard->begin('k')->state);
        }
    }

    public function testAFullMemoryStillCommits(): void
    {
        $guard = new MemoryReplayGuard(600, 60, 1);
        $guard->commit($guard->begin('k'));
        self::assertSame(ReplayState::Done, $guard->begin('k')->state);
    }

    public function testMemoryIsBoundedAndForgetsInTime(): void
    {
        $now = 0;
        $guard = new MemoryReplayGuard(600, 60, 2, static function () use (&$now): int {
            return $now;
        });
        foreach (['a', 'b'] as $key) {
            $guard->commit($guard->begin($key));
        }
        self::refused('full', fn () => $guard->begin('c'));
        self::assertSame(ReplayState::Done, $guard->begin('a')->state);
        $now = 600_000;
        for ($i = 0; $i < 5000; $i++) {
            $guard->release($guard->begin('c'));
        }
        $ends = (new \ReflectionProperty($guard, 'ends'))->getValue($guard);
        self::assertLessThan(1100, \count($ends));
        self::assertSame(ReplayState::Fresh, $guard->begin('a')->state);
    }

    public function testTwoProcessesRace(): void
    {
        $racers = [];
        foreach ([0, 1] as $i) {
            $command = [\PHP_BINARY, __DIR__ . '/servers/racer.php', (string) self::$port, (string) self::RACES, (string) self::LAP];
            $racers[$i] = \proc_open($command, [['pipe', 'r'], ['pipe', 'w'], \STDERR], $pipes[$i]);
        }
        $winners = \array_fill(0, self::RACES, 0);
        $won = [0, 0];
        for ($done = 0; $done <= self::RACES; $done += self::LAP) {
            foreach ([0, 1] as $i) {
                while (($line = \fgets($pipes[$i][1])) !== false && $line !== "ready\n") {
                    $winners[(int) $line]++;
                    $won[$i]++;
                }
            }
            foreach ($done < self::RACES ? [0, 1] : [] as $i) {
                \fwrite($pipes[$i][0], "go\n");
            }
        }
        foreach ($racers as $i => $racer) {
            \fclose($pipes[$i][0]);
            self::assertSame(0, \proc_close($racer));
        }
        self::assertSame([1 => self::RACES], \array_count_values($winners));
        self::assertGreaterThan(0, \min($won), 'one process was alone: this was no race');
    }

    public function testAProcessThatDiesLosesItsLease(): void
    {
        $command = [\PHP_BINARY, __DIR__ . '/servers/crash.php', (string) self::$port];
        $worker = \proc_open($command, [1 => ['pipe', 'w']], $pipes);
        self::assertSame('Fresh', \stream_get_contents($pipes[1]));
        \proc_close($worker);
        $guard = RedisReplayGuard::phpredis(self::redis());
        self::assertSame(ReplayState::InProgress, $guard->begin('crash')->state);
        \usleep(1_050_000);
        self::assertSame(ReplayState::Fresh, $guard->begin('crash')->state);
    }

    public function testTheServerIsRestarted(): void
    {
        $guard = RedisReplayGuard::phpredis(self::redis());
        $guard->commit($guard->begin('restart'));
        $claim = $guard->begin('lost');
        self::$server = null;
        self::refused('did not answer', fn () => $guard->begin('other'));
        self::refused('did not answer', fn () => $guard->commit($claim));
        self::startServer();
        $guard = RedisReplayGuard::phpredis(self::redis());
        self::assertSame(ReplayState::Done, $guard->begin('restart')->state);
        self::assertSame(ReplayState::InProgress, $guard->begin('lost')->state);
    }

    public function testAServerThatIsFullOrWouldForget(): void
    {
        $redis = self::redis();
        $guard = RedisReplayGuard::phpredis(self::redis());
        try {
            $redis->config('SET', 'maxmemory', '1');
            self::refused('full', fn () => $guard->begin('full'));
            $redis->config('SET', 'maxmemory-policy', 'allkeys-lru');
            $new = RedisReplayGuard::phpredis(self::redis());
            self::refused('maxmemory-policy allkeys-lru', fn () => $new->begin('full'));
        } finally {
            $redis->config('SET', 'maxmemory', '0');
            $redis->config('SET', 'maxmemory-policy', 'noeviction');
        }
        self::assertSame(ReplayState::Fresh, $guard->begin('full')->state);
    }

    /** A client whose connection broke sends its command again: the lease that it finds then is its own. */
    public function testACommandThatIsRepeated(): void
    {
        $redis = self::redis();
        $guard = new RedisReplayGuard(static function (string ...$command) use ($redis): mixed {
            $redis->rawCommand(...$command);
            return $redis->rawCommand(...$command);
        });
        self::assertSame(ReplayState::Fresh, $guard->begin('repeated')->state);
        self::assertSame(ReplayState::InProgress, $guard->begin('repeated')->state);
    }

    public function testAKeyOfSomebodyElse(): void
    {
        self::redis()->set('paysig:replay:mine', 'hello');
        $guard = RedisReplayGuard::phpredis(self::redis());
        self::refused("not the guard's", fn () => $guard->begin('mine'));
        self::refused('the lease ran out', fn () => $guard->commit(new ReplayClaim(ReplayState::Fresh, 'mine', 'lease:1')));
    }
}
