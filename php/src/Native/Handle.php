<?php

declare(strict_types=1);

namespace Paysig\Native;

use FFI\CData;

/**
 * Owns a thing of the C library and frees it once, however many objects share it.
 *
 * @internal
 */
final class Handle
{
    /** The library, at hand for a call. */
    public readonly Native $native;

    /** @param string $free the function that frees it: "paysig_signer_free" */
    public function __construct(public readonly CData $pointer, private readonly string $free)
    {
        $this->native = Native::get();
    }

    public function __destruct()
    {
        $this->native->ffi->{$this->free}($this->pointer);
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
