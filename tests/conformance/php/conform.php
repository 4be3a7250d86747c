<?php

// The conformance program of the PHP package: one JSON object a line in, one out, in order. See docs/conformance.md.

declare(strict_types=1);

namespace Paysig\Conformance;

use Paysig\Exception\PaysigException;
use Paysig\Explanation;
use Paysig\Signer;
use Paysig\Status;
use Paysig\TokenSession;
use Paysig\Verifier;

require __DIR__ . '/../../../php/autoload.php';
require __DIR__ . '/Line.php';

/** A member that is JSON already, so that numbers keep their spelling. */
final readonly class Raw
{
    public function __construct(public string $json)
    {
    }
}

function json(mixed $value): string
{
    if ($value instanceof Raw) {
        // Line ends in JSON are space between its tokens, and an answer is one line.
        return \strtr($value->json, "\r\n", '  ');
    }
    // ASCII only: U+0085 and the like end a line for some readers.
    return \json_encode($value, \JSON_THROW_ON_ERROR | \JSON_UNESCAPED_SLASHES);
}

/** Text, or under another name base64. */
function bytes(string $name, string $bytes): array
{
    return \preg_match('//u', $bytes) === 1 ? [$name => $bytes] : ["{$name}_base64" => \base64_encode($bytes)];
}

function wire(Line $line, string $bytes): string
{
    return $line->latin1 ? (string) \iconv('ISO-8859-1', 'UTF-8', $bytes) : $bytes;
}

function headers(Line $line, array $headers): array
{
    return \array_map(static fn ($header) => [wire($line, $header[0]), wire($line, $header[1])], $headers);
}

function explain(Line $line): Explanation
{
    $arguments = $line->message() + $line->signOptions();
    return $line->scheme()->explain($line->flow(), $line->keys(), ...$arguments, variants: $line->variants());
}

function sign(Line $line): array
{
    $signer = new Signer($line->scheme(), $line->credentials(), $line->flow(), $line->variants());
    $signed = $signer->sign(...($line->message() + $line->signOptions()));
    $answer = ['headers' => headers($line, $signed->headers)];
    if ($signed->target !== null) {
        $answer['target'] = wire($line, $signed->target);
    }
    if ($signed->body !== null) {
        $answer += bytes('body', $signed->body);
    }
    if ($signed->bodyMembers !== null) {
        $answer['body_members'] = new Raw($signed->bodyMembers);
    }
    return $answer + bytes('string_to_sign', explain($line)->stringToSign);
}

function verify(Line $line): array
{
    $verifier = new Verifier(
        $line->scheme(),
        $line->keys(),
        $line->flow(),
        tolerance: $line->number('tolerance_seconds'),
        variants: $line->variants(),
    );
    $verified = $verifier->verify(...$line->message());
    $answer = ['covered' => $verified->covered, 'replay_key' => $verified->replayKey];
    if ($verified->keyId !== null) {
        $answer['key_id'] = $verified->keyId;
    }
    if ($verified->timestamp !== null) {
        $answer['timestamp'] = $verified->timestamp->format('Y-m-d\TH:i:s.v\Z');
    }
    if ($verified->signedJson !== null) {
        $answer['signed_json'] = new Raw($verified->signedJson);
    }
    return $answer;
}

function diagnose(Line $line): array
{
    $diagnosis = $line->scheme()->diagnose(
        $line->flow(),
        $line->keys(),
        ...$line->message(),
        otherKeys: $line->otherKeys(),
        tolerance: $line->number('tolerance_seconds'),
        variants: $line->variants(),
    );
    $findings = [];
    foreach ($diagnosis->findings as $finding) {
        $ids = \count($finding->ids) > 1 ? ['ids' => $finding->ids] : [];
        $findings[] = ['id' => $finding->ids[0]] + $ids + ['cause' => $finding->cause, 'fix' => $finding->fix];
    }
    return ['verdict' => $diagnosis->verdict->label(), 'findings' => $findings];
}

function tokenRequest(Line $line): array
{
    $step = (new TokenSession($line->scheme(), $line->credentials()))->next($line->now());
    return [
        'method' => $step->method,
        'target' => $step->target,
        'headers' => headers($line, $step->headers()),
    ] + bytes('body', $step->body());
}

function answer(mixed $question): array
{
    if (!$question instanceof \stdClass) {
        throw Line::wrong('not an object');
    }
    $line = new Line($question);
    return match ($line->op()) {
        'sign' => sign($line),
        'verify' => verify($line),
        'explain' => ['parts' => explain($line)->parts] + bytes('string_to_sign', explain($line)->stringToSign),
        'token_request' => tokenRequest($line),
        'diagnose' => diagnose($line),
        default => throw Line::wrong('op is not known'),
    };
}

while (($text = \fgets(\STDIN)) !== false) {
    if (\trim($text) === '') {
        continue;
    }
    $question = null;
    try {
        try {
            $question = \json_decode($text, flags: \JSON_THROW_ON_ERROR);
        } catch (\JsonException) {
            throw Line::wrong('not JSON');
        }
        $answer = ['status' => 'ok'] + answer($question);
    } catch (PaysigException $failure) {
        $status = $failure->status ?? Status::Internal;
        $answer = ['status' => $status->label(), 'detail' => $failure->getMessage()];
    }
    $members = '"id":' . json($question instanceof \stdClass ? $question->id ?? null : null);
    foreach ($answer as $name => $value) {
        $members .= ',' . json($name) . ':' . json($value);
    }
    echo '{', $members, "}\n";
}
