<?php

declare(strict_types=1);

namespace Paysig;

use Paysig\Native\BodyStream;
use Paysig\Native\Native;

/**
 * Judges a message whose body comes in pieces, in constant memory; Verifier::stream() opens it. Nothing of the body may be acted on
 * before verified() returns.
 */
final readonly class VerifyStream extends BodyStream
{
    /**
     * The body is complete: the result, as from Verifier::verify(). May be repeated; nothing can be written any more.
     *
     * @throws Exception\VerificationException if it is not authentic; its verdict says why
     * @throws Exception\PaysigException
     */
    public function verified(): Verified
    {
        $native = Native::take();
        do {
            $status = $native->ffi->paysig_stream_verified(
                $this->handle->pointer,
                Verifier::WANT,
                $native->out,
                $native->outSize,
                $native->lengthPointer,
                $native->verifiedPointer,
                $native->errorPointer,
            );
        } while ($native->grown($status));
        $native->check($status, $native->verified);
        return Verified::read($native);
    }
}
