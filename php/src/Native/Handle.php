<?php

declare(strict_types=1);

namespace Paysig\Native;

use FFI\CData;

/**
 * Owns a thing of the C library, which is freed once, however many objects share it.
 *
 * @internal
 */
final class Handle
{
    private ?Finalizer $finalizer = null;

    /**
     * @param CData $pointer to the thing; NULL, of which the C library says so, once it is freed
     * @param string $free the function that frees it: "paysig_signer_free"
     */
    public function __construct(public readonly CData $pointer, private readonly string $free)
    {
    }

    /**
     * At the end of a script, and in a garbage cycle, PHP calls the destructors of all objects in an order that does not follow
     * references: that of an object which signs what it has left may come after this one. Those of objects made meanwhile it calls
     * last, so one that is made here frees. Where nothing refers to this object any more, that is at once.
     */
    public function __destruct()
    {
        $this->finalizer = new Finalizer($this->pointer, $this->free);
    }

    private function __clone(): void
    {
    }

    public function __serialize(): array
    {
        throw new \LogicException('what holds keys in the C library cannot be serialized; make it anew');
    }

    /** @return array<string, string> */
    public function __debugInfo(): array
    {
        return [];
    }
}
