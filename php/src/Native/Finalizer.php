<?php

declare(strict_types=1);

namespace Paysig\Native;

use FFI\CData;

/**
 * Frees a thing of the C library when it is itself destroyed; Handle says why that is not done there.
 *
 * @internal
 */
final readonly class Finalizer
{
    public function __construct(private CData $pointer, private string $free)
    {
    }

    public function __destruct()
    {
        // Whoever comes later still, through the handle, finds NULL and no freed memory.
        $thing = clone $this->pointer;
        \FFI::addr($this->pointer)[0] = null;
        Native::ffi()->{$this->free}($thing);
    }

    private function __clone(): void
    {
    }
}
