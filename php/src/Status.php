<?php

declare(strict_types=1);

namespace Paysig;

use Paysig\Native\Native;

/** What a call came to; the same names and numbers in every language. */
enum Status: int
{
    /** The call did what it says; for verify: the message is authentic. */
    case Ok = 0;
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
    /** No scheme has this id. */
    case UnknownScheme = 20;
    /** The recipe is wrong; the error names file, line and key. */
    case InvalidRecipe = 21;
    /** A credential is missing, empty or has the wrong form. */
    case InvalidCredentials = 22;
    /** The scheme has no such flow. */
    case UnsupportedFlow = 23;
    /** The message cannot be signed as it is. */
    case InvalidMessage = 24;
    /** This scheme or build cannot do what was asked. */
    case Unsupported = 25;
    /** An option is missing, unknown or out of range, or the lengths of pairs do not add up. */
    case InvalidOption = 26;
    /** The token endpoint refused the credentials. */
    case TokenRefused = 27;
    /** The token endpoint's answer could not be used. */
    case TokenResponseInvalid = 28;
    /** The replay store did not answer. */
    case StoreUnavailable = 29;
    /** A pointer that must not be null is null, or null comes with a length. */
    case NullArgument = 100;
    /** Text is not UTF-8. */
    case InvalidUtf8 = 101;
    /** The caller's buffer is too small: *out_len is the needed size, nothing else was written, no state changed. */
    case BufferTooSmall = 102;
    /**
     * A struct_size is smaller than this library's struct: it was not initialised, or header and library do not belong
     * together.
     */
    case AbiMismatch = 103;
    /** A defect in paysig itself. */
    case Internal = 255;

    /** The name in every language: "signature_mismatch". Do not send it to the other side. */
    public function label(): string
    {
        return Native::statusName($this->value);
    }

    /** What middleware answers: 200, 400, 401, 413, 500 or 503. */
    public function httpStatus(): int
    {
        return Native::statusHttp($this->value);
    }

    /** The verdict, if the status is one. */
    public function verdict(): ?Verdict
    {
        return Verdict::tryFrom($this->value);
    }
}
