<?php

declare(strict_types=1);

namespace Paysig\Tests;

use PHPUnit\Framework\TestCase;
use Symfony\Component\Cache\Adapter\FilesystemAdapter;
use Symfony\Component\Cache\Psr16Cache;

/** Processes of PHP, each with a KeyCache, over one folder of files, as the cache of Symfony keeps it. */
final class KeyCacheProcessesTest extends TestCase
{
    private const NOW = 1_000_000;

    private static ?KeyServer $server = null;
    private string $folder;
    /** @var list<array{resource, resource, resource}> process, its input, its output */
    private array $processes = [];

    public static function setUpBeforeClass(): void
    {
        self::$server = new KeyServer();
    }

    public static function tearDownAfterClass(): void
    {
        self::$server = null;
    }

    protected function setUp(): void
    {
        $this->folder = \sys_get_temp_dir() . '/paysig-keys-' . \bin2hex(\random_bytes(4));
        \mkdir($this->folder);
    }

    protected function tearDown(): void
    {
        foreach ($this->processes as [$process, $input]) {
            \fclose($input);
            self::assertSame(0, \proc_close($process));
        }
        \exec('rm -rf ' . \escapeshellarg($this->folder));
    }

    private static function asked(): int
    {
        return (int) self::$server?->asked();
    }

    /** @return int its number */
    private function start(int $perMinute = 10): int
    {
        $script = __DIR__ . '/servers/keycache.php';
        $place = [$this->folder, (string) self::$server?->port, (string) self::$server?->certificate];
        $command = [\PHP_BINARY, '-d', 'ffi.enable=1', $script, ...$place, (string) $perMinute];
        $process = \proc_open($command, [['pipe', 'r'], ['pipe', 'w'], \STDERR], $pipes);
        $this->processes[] = [$process, $pipes[0], $pipes[1]];
        return \count($this->processes) - 1;
    }

    private function send(int $process, string $line): void
    {
        \fwrite($this->processes[$process][1], "$line\n");
    }

    private function read(int $process): string
    {
        return \rtrim((string) \fgets($this->processes[$process][2]));
    }

    /** What a process says of a message that names this key. */
    private function verify(int $process, string $id, int $after = 0, ?string $path = null): string
    {
        $this->send($process, self::NOW + $after . " $id " . ($path ?? "/$id"));
        return $this->read($process);
    }

    private function store(): Psr16Cache
    {
        return new Psr16Cache(new FilesystemAdapter('keys', 0, $this->folder));
    }

    /** @return list<string> the files of the store */
    private function files(): array
    {
        $all = new \RecursiveIteratorIterator(new \RecursiveDirectoryIterator($this->folder, \FilesystemIterator::SKIP_DOTS));
        return \array_keys(\iterator_to_array($all));
    }

    public function testASecondProcessHasTheKeysOfTheFirst(): void
    {
        [$one, $two] = [$this->start(), $this->start()];
        $before = self::asked();
        self::assertSame('ok k1', $this->verify($one, 'k1'));
        self::assertSame('ok k1', $this->verify($two, 'k1'));
        self::assertSame('ok k2', $this->verify($two, 'k2'));
        self::assertSame(['ok k2', 'ok k1'], [$this->verify($one, 'k2'), $this->verify($one, 'k1')]);
        // As under php-fpm: what ran before is gone.
        $three = $this->start();
        self::assertSame(['ok k1', 'ok k2'], [$this->verify($three, 'k1'), $this->verify($three, 'k2')]);
        self::assertSame(2, self::asked() - $before);
        // Of all of them one fetches it again when its time is over.
        foreach ([$two, $one, $three] as $process) {
            self::assertSame('ok k1', $this->verify($process, 'k1', 3600));
        }
        self::assertSame(3, self::asked() - $before);
    }

    public function testAKeyThatIsNotThereIsAskedForOnceByAll(): void
    {
        [$one, $two] = [$this->start(), $this->start()];
        foreach ([0, 60] as $after) {
            $before = self::asked();
            foreach ([$one, $two, $one, $this->start()] as $process) {
                self::assertStringStartsWith('NeedsKey ', $said = $this->verify($process, 'x', $after, '/missing'));
                self::assertStringContainsString('404', $said);
                self::assertStringContainsString('404', $this->verify($process, 'x', $after + 59, '/missing'));
            }
            self::assertSame(1, self::asked() - $before);
        }
        // Whether another key is there has nothing to do with it.
        self::assertSame(['ok k1', 'ok k1'], [$this->verify($two, 'k1', 60), $this->verify($one, 'k1', 60)]);
    }

    public function testFetchesAtTheSameTimeForgetNothingOfEachOther(): void
    {
        [$one, $two] = [$this->start(3), $this->start(3)];
        $before = self::asked();
        $this->send($one, self::NOW . ' k1 /k1 hold');
        self::assertSame('fetching', $this->read($one));
        $this->send($two, self::NOW . ' x /missing hold');
        self::assertSame('fetching', $this->read($two));
        // A third is done while those two are under way.
        self::assertSame('ok k2', $this->verify($this->start(3), 'k2'));
        $this->send($one, 'go');
        self::assertSame('ok k1', $this->read($one));
        $this->send($two, 'go');
        self::assertStringContainsString('404', $this->read($two));
        self::assertSame(3, self::asked() - $before);
        foreach ([$one, $two, $this->start(3)] as $process) {
            self::assertSame(['ok k1', 'ok k2'], [$this->verify($process, 'k1'), $this->verify($process, 'k2')]);
            self::assertStringContainsString('404', $this->verify($process, 'x', 0, '/missing'));
            self::assertSame('NeedsKey more than 3 keys were asked for in a minute', $this->verify($process, 'k4'));
        }
        self::assertSame(3, self::asked() - $before);
    }

    public function testAStoreThatIsEmptied(): void
    {
        [$one, $two] = [$this->start(), $this->start()];
        self::assertSame(['ok k1', 'ok k1'], [$this->verify($one, 'k1'), $this->verify($two, 'k1')]);
        $before = self::asked();
        \exec('rm -rf ' . \escapeshellarg("$this->folder/keys"));
        // What a process has it needs no store for; who has nothing fetches, once for all that come later.
        self::assertSame(['ok k1', 'ok k1'], [$this->verify($one, 'k1'), $this->verify($two, 'k1')]);
        self::assertSame(0, self::asked() - $before);
        self::assertSame(['ok k1', 'ok k1'], [$this->verify($this->start(), 'k1'), $this->verify($this->start(), 'k1')]);
        self::assertSame(1, self::asked() - $before);
    }

    /** @return iterable<string, mixed> what the entry may hold */
    private static function rubbish(): iterable
    {
        $key = ['id' => 'k1', 'url' => 'https://keys.example/k1', 'document' => 'secret of k1', 'until' => self::NOW + 60];
        $good = ['keys' => ["k1\nhttps://keys.example/k1" => $key], 'failed' => [], 'started' => [self::NOW]];
        yield 'text' => 'x';
        yield 'object' => new \ArrayObject($good);
        yield 'of another program' => ['k1' => 'x'];
        yield 'a text for the keys' => ['keys' => 'x'] + $good;
        yield 'a text for a key' => ['keys' => ['k1' => 'x']] + $good;
        yield 'a key without its time' => ['keys' => [\array_diff_key($key, ['until' => 0])]] + $good;
        yield 'a list for a document' => ['keys' => [['document' => ['x']] + $key]] + $good;
        yield 'another kind of key' => ['keys' => [['document' => 'x'] + $key]] + $good;
        yield 'a number for what failed' => ['keys' => [], 'failed' => 7, 'started' => []];
        yield 'a failure without why' => ['keys' => [], 'failed' => [['until' => self::NOW + 60]], 'started' => []];
        yield 'a list of times' => ['keys' => [], 'failed' => [], 'started' => [[self::NOW]]];
        yield 'null for the times' => ['keys' => [], 'failed' => [], 'started' => null];
    }

    public function testAStoreThatHoldsSomethingElse(): void
    {
        $one = $this->start();
        self::assertSame('ok k1', $this->verify($one, 'k1'));
        foreach (self::rubbish() as $what => $rubbish) {
            $before = self::asked();
            self::assertTrue($this->store()->set('paysig.keys', $rubbish));
            self::assertSame('ok k1', $this->verify($one, 'k1'), $what);
            self::assertSame('ok k1', $this->verify($this->start(), 'k1'), $what);
            self::assertSame(1, self::asked() - $before, $what);
        }
    }

    public function testAFileThatIsBroken(): void
    {
        [$one, $two] = [$this->start(), $this->start()];
        self::assertSame('ok k1', $this->verify($one, 'k1'));
        $before = self::asked();
        self::assertCount(1, $files = $this->files());
        $good = (string) \file_get_contents($files[0]);
        // Its end is missing, as on a full disk; then there is nothing of it.
        \file_put_contents($files[0], \substr($good, 0, -20));
        self::assertSame(['ok k1', 'ok k1'], [$this->verify($two, 'k1'), $this->verify($one, 'k1')]);
        \file_put_contents($files[0], '');
        self::assertSame(['ok k1', 'ok k1'], [$this->verify($this->start(), 'k1'), $this->verify($this->start(), 'k1')]);
        self::assertSame(2, self::asked() - $before);
    }

    public function testAStoreThatKeepsNothing(): void
    {
        [$one, $two] = [$this->start(), $this->start()];
        self::assertSame('ok k1', $this->verify($one, 'k1'));
        \exec('rm -rf ' . \escapeshellarg("$this->folder/keys"));
        \touch("$this->folder/keys");
        $before = self::asked();
        // Nobody would count the fetches of many processes.
        $why = 'NeedsKey the cache does not keep what is fetched: its set() failed';
        self::assertSame([$why, $why], [$this->verify($two, 'k1'), $this->verify($two, 'k1')]);
        self::assertSame(['ok k1', $why], [$this->verify($one, 'k1'), $this->verify($one, 'k2')]);
        self::assertSame(0, self::asked() - $before);
        \unlink("$this->folder/keys");
        self::assertSame(['ok k1', 'ok k2'], [$this->verify($two, 'k1'), $this->verify($one, 'k2')]);
    }
}
