<?php

// The racer in PHP (race.py says what it does): racer.php PORT PREFIX MESSAGES LAP.

declare(strict_types=1);

use Paysig\Http\RedisReplayGuard;
use Paysig\Http\ReplayState;

require __DIR__ . '/../../php/autoload.php';

[, $port, $prefix, $messages, $lap] = $argv;
$redis = new Redis();
$redis->connect('127.0.0.1', (int) $port, 60.0);
$guard = RedisReplayGuard::phpredis($redis, prefix: $prefix);
foreach (array_chunk(range(0, (int) $messages - 1), (int) $lap) as $numbers) {
    echo "ready\n";
    fgets(STDIN);
    $won = [];
    foreach ($numbers as $number) {
        $claim = $guard->begin((string) $number);
        if ($claim->state === ReplayState::Fresh) {
            $won[] = $number;
            $guard->commit($claim);
        }
    }
    echo implode(' ', $won), "\n";
}
fgets(STDIN);
$done = 0;
for ($number = 0; $number < (int) $messages; $number++) {
    $done += (int) ($guard->begin((string) $number)->state === ReplayState::Done);
}
$held = match ($guard->begin('held')->state) {
    ReplayState::Fresh => 'fresh',
    ReplayState::InProgress => 'in_progress',
    ReplayState::Done => 'done',
};
echo "$done $held\n";
