<?php

declare(strict_types=1);

namespace Paysig\Native;

use Paysig\Exception\ConfigurationException;
use Paysig\Key;
use Paysig\Status;

/**
 * Makes key rings.
 *
 * @internal
 */
final class Ring
{
    /** @param array<mixed> $keys credentials by name, or a list of Key objects or of such arrays */
    public static function of(#[\SensitiveParameter] array $keys): Handle
    {
        $native = Native::take();
        $place = $native->place('paysig_keyring');
        $native->done($native->ffi->paysig_keyring_new($place, $native->errorPointer));
        $ring = new Handle($place[0], 'paysig_keyring_free');
        foreach (\array_is_list($keys) ? $keys : [$keys] as $number => $key) {
            if (\is_array($key)) {
                $key = new Key($key);
            }
            if (!$key instanceof Key) {
                throw new ConfigurationException("key $number is not an array or a Key", Status::InvalidOption);
            }
            $pairs = Pairs::ofCredentials($key->credentials());
            $notBefore = Wire::time($key->notBefore);
            $notAfter = Wire::time($key->notAfter);
            $native = Native::take();
            $native->done($native->ffi->paysig_keyring_add(
                $ring->pointer,
                $pairs->bytes,
                \strlen($pairs->bytes),
                $pairs->lengths,
                $pairs->count,
                $notBefore,
                $notAfter,
                $native->errorPointer,
            ));
        }
        return $ring;
    }
}
