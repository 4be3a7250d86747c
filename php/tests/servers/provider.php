<?php

// A provider: verifies every request and answers the verdict.

declare(strict_types=1);

use Paysig\Exception\PaysigException;
use Paysig\Flow;
use Paysig\Verifier;

require_once __DIR__ . '/../../autoload.php';

if ($_SERVER['REQUEST_URI'] === '/moved') {
    header('Location: /elsewhere', true, 307);
    return;
}
try {
    $verifier = new Verifier('directa24-deposits', ['login' => 'shop-login', 'secret' => 'api-signature'], Flow::Request);
    $body = (string) file_get_contents('php://input');
    $verified = $verifier->verify($_SERVER['REQUEST_METHOD'], $_SERVER['REQUEST_URI'], getallheaders(), $body);
    echo json_encode(['key' => $verified->keyId, 'body' => $body, 'target' => $_SERVER['REQUEST_URI']]);
} catch (PaysigException $refused) {
    http_response_code($refused->httpStatus);
    echo $refused->getMessage();
}
