<?php

// A shop: calls a provider's API signed, and receives the provider's webhooks. examples/php/run.sh runs both halves.
//   php shop.php http://127.0.0.1:PORT/...      posts a deposit to `paysig serve`
//   php -S 127.0.0.1:PORT shop.php              an endpoint for `paysig send`

declare(strict_types=1);

use Paysig\Exception\PaysigException;
use Paysig\Signer;
use Paysig\Verifier;

require __DIR__ . '/../../php/autoload.php';

$credentials = ['login' => (string) getenv('D24_LOGIN'), 'secret' => (string) getenv('D24_SECRET')];

if (PHP_SAPI === 'cli-server') {
    $verifier = new Verifier('directa24-deposits', $credentials);
    try {
        $body = (string) file_get_contents('php://input');
        $verified = $verifier->verify($_SERVER['REQUEST_METHOD'], $_SERVER['REQUEST_URI'], getallheaders(), $body);
        error_log("webhook authentic, signed at {$verified->timestamp?->format(DATE_RFC3339)}");
    } catch (PaysigException $refused) {
        http_response_code($refused->httpStatus);
        error_log('webhook refused: ' . $refused->getMessage());
    }
    return;
}

$url = rtrim($argv[1], '/') . '/v3/deposits';
$body = '{"amount":"1.50"}';
$signed = (new Signer('directa24-deposits', $credentials))->sign('POST', $url, [], $body);
$answer = file_get_contents($url, context: stream_context_create(['http' => [
    'method' => 'POST',
    'header' => [...$signed->headerLines(), 'Content-Type: application/json'],
    'content' => $signed->body ?? $body,
    'ignore_errors' => true,
]]));
echo $http_response_header[0], "\n", $answer;
exit(str_contains($http_response_header[0], ' 200') ? 0 : 1);
