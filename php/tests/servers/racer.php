<?php

// One of two processes that race for notifications: says "ready" before each lap, waits, and prints the number of each that it got.

declare(strict_types=1);

use Paysig\Http\RedisReplayGuard;
use Paysig\Http\ReplayState;

require __DIR__ . '/../../autoload.php';

[, $port, $races, $lap] = $argv;
$redis = new Redis();
$redis->connect('127.0.0.1', (int) $port, 2.0);
$guard = RedisReplayGuard::phpredis($redis);
for ($i = 0; $i < (int) $races; $i++) {
    if ($i % (int) $lap === 0) {
        echo "ready\n";
        fgets(STDIN);
    }
    $claim = $guard->begin("race-$i");
    if ($claim->state === ReplayState::Fresh) {
        echo "$i\n";
        $guard->commit($claim);
    }
}
