<?php

// A program whose objects sign and verify what they have left when they are destroyed at its end, as queues and loggers do: after the
// signer, which is older. Prints a line for each.

declare(strict_types=1);

namespace Paysig\Tests\Servers;

use Paysig\Exception\NativeLibraryException;
use Paysig\Flow;
use Paysig\Signer;
use Paysig\Verifier;

require __DIR__ . '/../../autoload.php';

const NOW = 1767323045000;

final class Outbox
{
    public static self $one;

    public function __construct(private Signer $signer, private Verifier $verifier, private bool $last = false)
    {
    }

    public function __destruct()
    {
        try {
            $headers = $this->signer->sign('POST', '/v3/deposits', [], '{}', NOW)->headerMap();
            echo $headers['Authorization'], ' ', $this->verifier->verify('POST', '/', $headers, '{}', NOW)->keyId, "\n";
        } catch (NativeLibraryException $failure) {
            echo $failure->status?->name, ' ', $failure->getMessage(), "\n";
        }
        if (!$this->last) {
            // Made while objects are destroyed, and so destroyed after all that were there, the signer among them.
            self::$one = new self($this->signer, $this->verifier, true);
        }
    }
}

$credentials = ['login' => 'shop-login', 'secret' => 'api-signature'];
$signer = new Signer('directa24-deposits', $credentials);
$verifier = new Verifier('directa24-deposits', $credentials, Flow::Request);
$others = \array_map(static fn (): object => new \stdClass(), \range(1, 20));
Outbox::$one = new Outbox($signer, $verifier);
