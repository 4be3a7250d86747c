<?php

// No autoloader, no ffi.enable=1: the classes are here because they were preloaded.

declare(strict_types=1);

try {
    $signer = new Paysig\Signer('directa24-deposits', ['login' => 'shop-login', 'secret' => 'api-signature']);
    echo $signer->sign('POST', '/', [], 'x', 1767323045000)->keyId;
    echo ' ', count(Paysig\Scheme::catalogue()) > 20 ? 'catalogue' : '';
} catch (Throwable $failure) {
    echo $failure::class, ': ', $failure->getMessage();
}
try {
    FFI::cdef('int abs(int n);');
    echo ' open';
} catch (FFI\Exception) {
    echo ' closed to others';
}
