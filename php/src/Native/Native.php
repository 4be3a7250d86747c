<?php

declare(strict_types=1);

namespace Paysig\Native;

use FFI\CData;
use Paysig\Coverage;
use Paysig\Exception\ConfigurationException;
use Paysig\Exception\NativeLibraryException;
use Paysig\Exception\PaysigException;
use Paysig\Exception\VerificationException;
use Paysig\Status;
use Paysig\Verdict;

/**
 * The C library, one output buffer and one struct of each kind, for the whole process. A call's results are read before the next
 * call is made, and PHP runs one call at a time, so they can be used again and again.
 *
 * @internal
 */
final class Native
{
    /** So many are kept. */
    private const COVERAGES = 64;

    private static ?self $instance = null;

    public readonly \FFI $ffi;
    /** The output buffer and its size; both change when something larger comes. */
    public CData $out;
    public int $outSize = 65536;
    public readonly CData $lengthPointer;
    public readonly CData $errorPointer;
    public readonly CData $signed;
    public readonly CData $signedPointer;
    public readonly CData $prepared;
    public readonly CData $preparedPointer;
    public readonly CData $verified;
    public readonly CData $verifiedPointer;
    public readonly CData $step;
    public readonly CData $stepPointer;
    /** @var array<string, Coverage> by its JSON: one verifier's messages are rarely covered in more than one way */
    private array $coverages = [];
    private readonly CData $length;
    private readonly CData $error;

    private function __construct()
    {
        $this->ffi = Library::load();
        $this->out = $this->ffi->new("char[{$this->outSize}]");
        $this->length = $this->ffi->new('size_t');
        $this->lengthPointer = \FFI::addr($this->length);
        $this->error = $this->struct('paysig_error');
        $this->errorPointer = \FFI::addr($this->error);
        $this->signed = $this->struct('paysig_signed');
        $this->signedPointer = \FFI::addr($this->signed);
        $this->prepared = $this->struct('paysig_prepared');
        $this->preparedPointer = \FFI::addr($this->prepared);
        $this->verified = $this->struct('paysig_verified');
        $this->verifiedPointer = \FFI::addr($this->verified);
        $this->step = $this->struct('paysig_step');
        $this->stepPointer = \FFI::addr($this->step);
    }

    public static function get(): self
    {
        return self::$instance ??= new self();
    }

    /** A place for a handle: "paysig_signer". Its element 0 is the handle after the call. */
    public function place(string $type): CData
    {
        return $this->ffi->new("$type *[1]");
    }

    /** All pieces of the last result; the structs say which is where. */
    public function output(): string
    {
        return \FFI::string($this->out, $this->length->cdata);
    }

    /** Whether the call has to be made again since the buffer was too small; there is room now. */
    public function grown(int $status): bool
    {
        if ($status !== Status::BufferTooSmall->value) {
            return false;
        }
        $this->outSize = \max(2 * $this->outSize, $this->length->cdata);
        $this->out = $this->ffi->new("char[{$this->outSize}]");
        return true;
    }

    /** What the JSON says; shared between results, since it cannot change. */
    public function coverage(string $json): Coverage
    {
        if (\count($this->coverages) > self::COVERAGES) {
            $this->coverages = [];
        }
        return $this->coverages[$json] ??= Coverage::fromJson($json);
    }

    /** Throws what the last call failed with. */
    public function check(int $status): void
    {
        if ($status !== 0) {
            throw $this->failure($status, ...$this->neededKey($status));
        }
    }

    public function statusName(int $status): string
    {
        return $this->ffi->paysig_status_name($status);
    }

    public function statusHttp(int $status): int
    {
        return $this->ffi->paysig_status_http($status);
    }

    public function version(): string
    {
        return $this->ffi->paysig_version();
    }

    /**
     * What the last call failed with. Every status has its arm; a number that this package does not know comes from a newer library.
     *
     * @param ?string $keyId with Status::NeedsKey: the id of the key to fetch
     * @param ?string $keyUrl and where to get it
     */
    public function failure(int $number, ?string $keyId = null, ?string $keyUrl = null): PaysigException
    {
        $status = Status::tryFrom($number);
        $message = $this->statusName($number) . ': ' . \FFI::string(\FFI::addr($this->error->message[0]));
        $field = \FFI::string(\FFI::addr($this->error->field[0]));
        $http = $this->error->http;
        return match ($status) {
            Status::SignatureMismatch,
            Status::TimestampTooOld,
            Status::TimestampTooNew,
            Status::MissingSignature,
            Status::MalformedSignature,
            Status::MissingField,
            Status::MalformedField,
            Status::DuplicateField,
            Status::UnknownKey,
            Status::KeyExpired,
            Status::KeyNotYetValid,
            Status::UnsupportedVersion,
            Status::UnsupportedAlgorithm,
            Status::ContentRejected,
            Status::TooLarge,
            Status::Unverifiable,
            Status::Replayed => new VerificationException($message, Verdict::from($number), $http, $field),
            Status::NeedsKey => new VerificationException($message, Verdict::NeedsKey, $http, $field, $keyId, $keyUrl),
            Status::UnknownScheme,
            Status::InvalidRecipe,
            Status::InvalidCredentials,
            Status::UnsupportedFlow,
            Status::Unsupported,
            Status::InvalidOption,
            Status::InvalidUtf8 => new ConfigurationException($message, $status, $http, $field),
            Status::InvalidMessage,
            Status::TokenRefused,
            Status::TokenResponseInvalid,
            Status::StoreUnavailable,
            null => new PaysigException($message, $status, $http, $field),
            Status::Ok,
            Status::NullArgument,
            Status::BufferTooSmall,
            Status::AbiMismatch,
            Status::Internal => new NativeLibraryException($message, $status, $http, $field),
        };
    }

    /** @return list<?string> id and URL of the key that a stream needs */
    private function neededKey(int $status): array
    {
        if ($status !== Status::NeedsKey->value) {
            return [];
        }
        $out = $this->output();
        $present = $this->verified->present;
        return [
            $present & 32 ? Wire::piece($out, $this->verified->need_key_id) : null,
            $present & 64 ? Wire::piece($out, $this->verified->need_key_url) : null,
        ];
    }

    private function struct(string $type): CData
    {
        $struct = $this->ffi->new($type);
        $struct->struct_size = \FFI::sizeof($struct);
        return $struct;
    }
}
