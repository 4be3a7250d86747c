<?php

declare(strict_types=1);

namespace Paysig;

/** Why a message was refused: the statuses 1 to 18. */
enum Verdict: int
{
    /** The signature has the right form, but it is not that of this message under any candidate key. */
    case SignatureMismatch = 1;
    /** Authentic, but older than the tolerance (or an expired JWT). */
    case TimestampTooOld = 2;
    /** Authentic, but further ahead of the clock than the tolerance (or a JWT not valid yet). */
    case TimestampTooNew = 3;
    /** There is no signature in the message. */
    case MissingSignature = 4;
    /** There is a signature, but its syntax, encoding or length is wrong. */
    case MalformedSignature = 5;
    /** A field that the scheme reads is absent. */
    case MissingField = 6;
    /** A field that the scheme reads has the wrong syntax. */
    case MalformedField = 7;
    /** A field that the scheme reads occurs more than once. */
    case DuplicateField = 8;
    /** The key id in the message is none of the ring's. */
    case UnknownKey = 9;
    /** Authentic under a key whose validity has ended. */
    case KeyExpired = 10;
    /** Authentic under a key whose validity has not begun. */
    case KeyNotYetValid = 11;
    /** The message uses a version of the scheme that is not supported. */
    case UnsupportedVersion = 12;
    /** The message names an algorithm that the recipe or the caller does not allow. */
    case UnsupportedAlgorithm = 13;
    /** Authentic, but a value that the scheme demands is another one. */
    case ContentRejected = 14;
    /** The message, or a field of it, is larger than the limit. */
    case TooLarge = 15;
    /** The key must be fetched first; need_key_id and need_key_url say which. */
    case NeedsKey = 16;
    /** The scheme has nothing that could be verified (mutual TLS, unsigned notifications). */
    case Unverifiable = 17;
    /** The message was accepted before. */
    case Replayed = 18;

    /** The same as a status, with its name and what middleware answers. */
    public function status(): Status
    {
        return Status::from($this->value);
    }
}
