<?php

declare(strict_types=1);

namespace Paysig\Native;

use Paysig\Exception\ConfigurationException;
use Paysig\Exception\PaysigException;
use Paysig\Status;
use Psr\Http\Message\StreamInterface;

/**
 * A body on its way into the C library.
 *
 * @internal SignStream and VerifyStream are the public ones
 */
abstract readonly class BodyStream
{
    private const PIECE = 65536;

    /** @internal */
    final public function __construct(protected Handle $handle)
    {
    }

    /**
     * The next piece of the body.
     *
     * @throws PaysigException
     */
    final public function write(string $piece): void
    {
        $native = Native::take();
        $native->done($native->ffi->paysig_stream_update(
            $this->handle->pointer,
            $piece,
            \strlen($piece),
            $native->errorPointer,
        ));
    }

    /**
     * The rest of a body, from where it stands to its end.
     *
     * @param resource|StreamInterface $body what fopen() gives, or a PSR-7 stream
     * @return int how many bytes these were
     * @throws PaysigException
     */
    final public function writeFrom(mixed $body): int
    {
        $written = 0;
        if ($body instanceof StreamInterface) {
            while (!$body->eof()) {
                $piece = $body->read(self::PIECE);
                $this->write($piece);
                $written += \strlen($piece);
            }
            return $written;
        }
        if (!\is_resource($body)) {
            throw new ConfigurationException('the body is no stream but ' . \get_debug_type($body), Status::InvalidOption);
        }
        while (!\feof($body)) {
            $piece = \fread($body, self::PIECE);
            if ($piece === false) {
                throw new PaysigException('the body cannot be read', Status::InvalidMessage, 500, 'body');
            }
            $this->write($piece);
            $written += \strlen($piece);
        }
        return $written;
    }
}
