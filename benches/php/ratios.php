<?php

// What a whole call of paysig costs in PHP beside the bare HMAC of the ready string: ratios. `make bench` runs it over the optimised
// library, with opcache as a server has it.

declare(strict_types=1);

use Paysig\Flow;
use Paysig\Scheme;
use Paysig\Signer;
use Paysig\Verifier;

require __DIR__ . '/../../php/autoload.php';

const ROUNDS = 41;
const BODY = '{"id":"evt_1","object":"event","amount":1999,"currency":"eur","data":{"a":[1,2,3]},"text":"some text"}';

function timed(Closure $call, int $calls): float
{
    $start = hrtime(true);
    for ($i = 0; $i < $calls; $i++) {
        $call();
    }

    return (hrtime(true) - $start) / $calls;
}

/** @param list<float> $numbers */
function rank(array $numbers, float $part): float
{
    sort($numbers);

    return $numbers[(int) ($part * (count($numbers) - 1))];
}

/** One line: both in turn, many short rounds, the median of the rounds' ratios. */
function compare(string $name, Closure $ours, string $other, Closure $bare): void
{
    $calls = max(20, (int) (2e6 / max(timed($ours, 200), timed($bare, 200))));
    $mine = $theirs = $ratios = [];
    for ($i = 0; $i < ROUNDS; $i++) {
        $mine[] = timed($ours, $calls);
        $theirs[] = timed($bare, $calls);
        $ratios[] = $mine[$i] / $theirs[$i];
    }
    printf("| %s | %s | %.0f | %.0f | **%.2f** | %.2f to %.2f |\n", $name, $other, rank($mine, 0.5), rank($theirs, 0.5),
        rank($ratios, 0.5), rank($ratios, 0.1), rank($ratios, 0.9));
}

/**
 * A signed message's headers, its verifier, and the string that was signed.
 *
 * @param array<string, string> $keys
 * @param list<array{string, string}> $headers
 * @return array{list<array{string, string}>, Verifier, string}
 */
function signed(string $id, Flow $flow, array $keys, string $url, array $headers): array
{
    $wire = [...$headers, ...(new Signer($id, $keys, $flow))->sign('POST', $url, $headers, BODY)->headers];
    $text = Scheme::builtin($id)->explain($flow, $keys, 'POST', $url, $wire, BODY)->stringToSign;

    return [$wire, new Verifier($id, $keys, $flow), $text];
}

/** @param list<array{string, string}> $headers */
function value(array $headers, string $name): string
{
    return array_change_key_case(array_column($headers, 1, 0))[strtolower($name)];
}

function same(string $one, string $other): void
{
    hash_equals($one, $other) || throw new LogicException('another string was signed');
}

function ingenico(): void
{
    $keys = ['key_id' => '5e45c937b9db33ae', 'secret' => 'I42Zf4pVnRdroHfuHnRiJjJ2B6+22h0yQt/R3nZR8Xg='];
    $url = 'https://payment.example/v1/9991/tokens/123456789';
    $headers = [['Content-Type', 'application/json']];
    for ($i = 0; $i < 3; $i++) {
        $headers[] = ["X-GCS-Header$i", 'value of the header'];
    }
    [$wire, $verifier, $text] = signed('ingenico-v1hmac', Flow::Request, $keys, $url, $headers);
    $signature = substr(strrchr(value($wire, 'Authorization'), ':'), 1);
    $signer = new Signer('ingenico-v1hmac', $keys);
    $bare = fn () => base64_encode(hash_hmac('sha256', $text, $keys['secret'], true));
    compare('ingenico, 3 headers, sign', fn () => $signer->sign('POST', $url, $headers, BODY), 'hash_hmac + base64', $bare);
    compare('ingenico, 3 headers, verify', fn () => $verifier->verify('POST', $url, $wire, BODY), 'hash_hmac + base64',
        fn () => same($signature, $bare()));
}

function webhooks(): void
{
    $keys = ['secret' => 'whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3'];
    [$wire, $verifier, $text] = signed('stripe', Flow::Webhook, $keys, '/', []);
    $signature = substr(strrchr(value($wire, 'Stripe-Signature'), '='), 1);
    compare('stripe, verify', fn () => $verifier->verify('POST', '/', $wire, BODY), 'hash_hmac + hex',
        fn () => same($signature, hash_hmac('sha256', $text, $keys['secret'])));

    [$wire, $verifier, $text] = signed('standard-webhooks', Flow::Webhook, $keys, '/', []);
    $signature = substr(value($wire, 'Webhook-Signature'), strlen('v1,'));
    $key = base64_decode(substr($keys['secret'], strlen('whsec_')));
    compare('standard-webhooks, verify', fn () => $verifier->verify('POST', '/', $wire, BODY), 'hash_hmac + base64',
        fn () => same($signature, base64_encode(hash_hmac('sha256', $text, $key, true))));
}

echo "| PHP | beside | paysig, ns | other, ns | ratio | 10 to 90 % |\n|---|---|--:|--:|--:|--:|\n";
ingenico();
webhooks();
