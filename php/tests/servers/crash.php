<?php

// A worker that dies while it handles a notification.

declare(strict_types=1);

use Paysig\Http\RedisReplayGuard;

require __DIR__ . '/../../autoload.php';

$redis = new Redis();
$redis->connect('127.0.0.1', (int) $argv[1], 2.0);
$claim = RedisReplayGuard::phpredis($redis, lease: 1)->begin('crash');
echo $claim->state->name;
posix_kill(getmypid(), SIGKILL);
