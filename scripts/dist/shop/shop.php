<?php

/** Signs a deposit, verifies it, and sees a tampered one refused. */

declare(strict_types=1);

require 'vendor/autoload.php';

use Paysig\{Exception\VerificationException, Flow, Signer, Verdict, Verifier};

$keys = ['login' => 'shop-login', 'secret' => 'api-signature'];
$signed = (new Signer('directa24-deposits', $keys))->sign('POST', '/v3/deposits', [], '{"amount":"1.50"}');
$verifier = new Verifier('directa24-deposits', $keys, Flow::Request);
$verifier->verify('POST', '/v3/deposits', $signed->headerMap(), '{"amount":"1.50"}');
try {
    $verifier->verify('POST', '/v3/deposits', $signed->headerMap(), '{"amount":"9.50"}');
} catch (VerificationException $refused) {
    $refused->verdict === Verdict::SignatureMismatch or throw $refused;
    echo 'signs and verifies with ', Paysig\Native\Library::path(), "\n";
}
