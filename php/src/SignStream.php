<?php

declare(strict_types=1);

namespace Paysig;

use Paysig\Native\BodyStream;
use Paysig\Native\Native;

/** Signs a message whose body comes in pieces, in constant memory; Signer::stream() opens it. */
final readonly class SignStream extends BodyStream
{
    /**
     * The body is complete: what to add to the message, as from Signer::sign(). May be repeated; nothing can be written any more.
     *
     * @throws Exception\PaysigException
     */
    public function signed(): Signed
    {
        $native = Native::take();
        do {
            $status = $native->ffi->paysig_stream_signed(
                $this->handle->pointer,
                $native->out,
                $native->outSize,
                $native->lengthPointer,
                $native->signedPointer,
                $native->errorPointer,
            );
        } while ($native->grown($status));
        $native->check($status);
        return Signed::read($native);
    }
}
