<?php

// One of the processes that share a store of keys: keycache.php FOLDER PORT CERTIFICATE PER-MINUTE. Reads lines `SECONDS ID PATH`, in
// each a message at that time, signed with the key ID, whose document stands at PATH; answers `ok ID` or the verdict and why. A line
// with `hold` at its end says `fetching` first and waits for another line before it fetches.

declare(strict_types=1);

use Paysig\Exception\VerificationException;
use Paysig\Http\KeyCache;
use Paysig\Http\KeyFetcher;
use Paysig\Scheme;
use Paysig\Tests\KeyServer;
use Paysig\Verifier;
use Symfony\Component\Cache\Adapter\FilesystemAdapter;
use Symfony\Component\Cache\Psr16Cache;

require __DIR__ . '/../bootstrap.php';

// A warning is a failure: the test sees that the process ended.
set_error_handler(static fn (int $level, string $text): bool => error_reporting() & $level ? throw new ErrorException($text) : false);

[, $folder, $port, $certificate, $perMinute] = $argv;
$fetcher = new class (KeyServer::fetcher((int) $port, $certificate)) implements KeyFetcher {
    public bool $hold = false;

    public function __construct(private KeyFetcher $fetcher)
    {
    }

    public function fetch(string $url, int $maxBytes): string
    {
        if ($this->hold) {
            echo "fetching\n";
            fgets(STDIN);
        }
        return $this->fetcher->fetch($url, $maxBytes);
    }
};
$now = 0;
$cache = new KeyCache(
    new Verifier(Scheme::fromToml(KeyServer::NAMED), []),
    [],
    KeyServer::key(...),
    $fetcher,
    cache: new Psr16Cache(new FilesystemAdapter('keys', 0, $folder)),
    perMinute: (int) $perMinute,
    clock: static function () use (&$now): int {
        return $now;
    },
);
while (($line = fgets(STDIN)) !== false) {
    [$now, $id, $path, $hold] = explode(' ', rtrim($line)) + [3 => ''];
    $now = (int) $now;
    $fetcher->hold = $hold === 'hold';
    try {
        $said = 'ok ' . $cache->verify('POST', '/', KeyServer::headers($id, "https://keys.example$path"), 'body')->keyId;
    } catch (VerificationException $refused) {
        $said = $refused->verdict->name . ' ' . $refused->getPrevious()?->getMessage();
    }
    echo "$said\n";
}
