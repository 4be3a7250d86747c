<?php

// A program whose signal handler calls the library as often as it can, in the midst of calls of the same kind. Prints as JSON how
// often each kind was called and how often the handler, what came out wrong, and which kind did not give back its place for answers.
// (No handler throws: PHP 8.2 itself does not survive that for long.)

declare(strict_types=1);

use Paysig\Exception\VerificationException;
use Paysig\Flow;
use Paysig\Http\MemoryReplayGuard;
use Paysig\Http\ReplayState;
use Paysig\Native\Native;
use Paysig\Scheme;
use Paysig\Signer;
use Paysig\TokenAction;
use Paysig\TokenSession;
use Paysig\TokenStep;
use Paysig\Verifier;

require __DIR__ . '/../../autoload.php';

const NOW = 1767323045000;

/** @return array<string, Closure(): mixed> calls whose answers depend on whose they are */
function calls(string $who, string $id): array
{
    $keys = ['login' => $who, 'secret' => "secret of $who"];
    $body = "{\"to\":\"$who\"}";
    $message = ['POST', "/v3/$who", [], $body, NOW];
    $scheme = Scheme::builtin('directa24-deposits');
    $signer = new Signer($scheme, $keys);
    $verifier = new Verifier($scheme, $keys, Flow::Request);
    $headers = $signer->sign(...$message)->headerMap();
    $signed = ['POST', "/v3/$who", $headers, $body, NOW];
    $verified = $verifier->verify(...$signed);
    $elsewhere = new Signer($scheme, ['login' => $who], keyElsewhere: true);
    $ingenico = new Verifier('ingenico-v1hmac', ['key_id' => 'k', 'secret' => 's']);
    $check = ['X-GCS-Webhooks-Endpoint-Verification' => "check of $who"];
    $session = static function (int $now) use ($who): TokenSession {
        $session = new TokenSession('pledg-token', ['api_key' => $who, 'api_secret' => 's']);
        $session->next(NOW);
        $session->fetched(200, "{\"access_token\":\"token-of-$who\",\"token_type\":\"Bearer\",\"expires_in\":3600}", $now);
        return $session;
    };
    $ready = $session(NOW);
    $writing = static function (object $stream) use ($body): object {
        $stream->write($body);
        return $stream;
    };
    return [
        'sign' => static fn () => $signer->sign(...$message),
        'verify' => static fn () => $verifier->verify(...$signed),
        'a refusal' => static fn () => refusal(fn () => $verifier->verify('POST', "/v3/$who", ['X-Login' => $who] + $headers, $who, NOW)),
        'another refusal' => static fn () => refusal(fn () => $verifier->verify('POST', '/', [], $body, NOW + \strlen($who))),
        'explain' => static fn () => $scheme->explain(Flow::Request, $keys, ...$message),
        'diagnose' => static fn () => $scheme->diagnose(Flow::Request, $keys, ...$signed),
        'lint' => static fn () => Scheme::builtin($id)->lint(),
        'recipe' => static fn () => Scheme::recipe($id),
        'words' => static fn () => (string) $verified,
        'prepare' => static fn () => $elsewhere->prepare(...$message),
        'finish' => static fn () => $elsewhere->finish(\hash('sha256', $who, true), ...$message),
        'handshake' => static fn () => $ingenico->handshake('GET', '/', $check, '', NOW),
        'sign a stream' => static fn () => $writing($signer->stream('POST', "/v3/$who", now: NOW))->signed(),
        'verify a stream' => static fn () => $writing($verifier->stream('POST', "/v3/$who", $headers, \strlen($body), NOW))->verified(),
        'next step' => static fn () => sent($ready->next(NOW + 1000)),
        'save' => static fn () => $session(NOW + \strlen($who))->save(),
    ];
}

/** @return array{TokenAction, list<array{string, string}>, string} what serialize() may see of a step */
function sent(TokenStep $step): array
{
    return [$step->action, $step->headers(), $step->body()];
}

/** @return array{int, string, string} */
function refusal(Closure $call): array
{
    try {
        $call();
    } catch (VerificationException $refused) {
        return [$refused->getCode(), $refused->getMessage(), (string) $refused->field];
    }
    throw new LogicException('accepted');
}

$mine = calls('alice', 'stripe');
$theirs = calls('bob-in-another-call', 'slack');
$right = $keeping = [];
foreach ($mine as $kind => $call) {
    $before = Native::take();
    $before->give();
    $right[$kind] = \serialize($call());
    if (Native::take() !== $before) {
        $keeping[] = $kind;
    }
    $before->give();
}
$theirRight = \array_map(static fn (Closure $call): string => \serialize($call()), $theirs);
$result = ['calls' => \array_map(static fn (): int => 0, $mine), 'handlers' => 0, 'wrong' => [], 'keeping' => $keeping, 'claims' => 0];
$current = 'sign';

$signals = static function (Closure $handler, float $seconds, Closure $work): void {
    $program = \getmypid();
    \pcntl_signal(\SIGUSR1, $handler);
    $sender = \pcntl_fork();
    if ($sender === 0) {
        // The end is for a program that died.
        for ($end = \microtime(true) + 10 * $seconds; \microtime(true) < $end && \posix_getppid() === $program;) {
            \posix_kill($program, \SIGUSR1);
            \usleep(100);
        }
        \posix_kill(\getmypid(), \SIGKILL);
    }
    for ($end = \microtime(true) + $seconds; \microtime(true) < $end;) {
        $work();
    }
    \posix_kill($sender, \SIGKILL);
    \pcntl_waitpid($sender, $status);
    \pcntl_signal(\SIGUSR1, \SIG_IGN);
};

\pcntl_async_signals(true);
$handler = static function () use (&$result, &$current, $theirs, $theirRight): void {
    $kind = ++$result['handlers'] % 4 === 0 ? 'another refusal' : $current;
    if (\serialize($theirs[$kind]()) !== $theirRight[$kind]) {
        $result['wrong']["$kind in a handler"] = true;
    }
};
$signals($handler, 1.0, static function () use (&$result, &$current, $mine, $right): void {
    foreach ($mine as $kind => $call) {
        $current = $kind;
        $got = \serialize($call());
        $result['calls'][$kind]++;
        if ($got !== $right[$kind]) {
            $result['wrong'][$kind] = $got;
        }
    }
});

// The replay guard of a process: program and handler ask for the same message, and one of them may handle it.
$guard = new MemoryReplayGuard(600, capacity: 1_000_000);
// Its classes are loaded now: PHP cannot load a class for a handler that came while it was loading that class.
$guard->release($guard->begin('before'));
$claims = [];
$claim = static function () use ($guard, &$claims, &$result): void {
    $key = "message {$result['claims']}";
    if ($guard->begin($key)->state === ReplayState::Fresh) {
        $claims[] = $key;
    }
};
$signals($claim, 0.5, static function () use ($claim, &$result): void {
    $claim();
    $result['claims']++;
});
foreach (\array_count_values($claims) as $key => $count) {
    if ($count !== 1) {
        $result['wrong']['claims'] = "$key was claimed $count times";
    }
}
echo \json_encode($result, \JSON_THROW_ON_ERROR | \JSON_INVALID_UTF8_SUBSTITUTE);
