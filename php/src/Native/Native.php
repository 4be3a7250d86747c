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
 * The C library with room for what one call answers: an output buffer and one struct of each kind, used again and again. Between a
 * call and the reading of its answer PHP may run code that calls as well: a signal handler (pcntl_async_signals), a destructor in a
 * garbage cycle, another coroutine of a preemptive scheduler. So a call takes an instance and gives it back when its answer is read;
 * what calls meanwhile finds none and makes one. An instance that is not given back, since a handler threw, is freed, and the next
 * call makes one.
 *
 * @internal
 */
final class Native
{
    /** So many are kept. */
    private const COVERAGES = 64;

    /** The instance that no call has; only one is kept. Public for the two calls that say themselves what take() says. */
    public static ?Native $idle = null;
    private static ?\FFI $library = null;
    /** @var array<string, Coverage> by its JSON: one verifier's messages are rarely covered in more than one way */
    private static array $coverages = [];

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
    public readonly CData $answer;
    public readonly CData $answerPointer;
    public readonly CData $step;
    public readonly CData $stepPointer;
    private readonly CData $length;
    private readonly CData $error;

    private function __construct()
    {
        $this->ffi = self::ffi();
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
        $this->answer = $this->struct('paysig_answer');
        $this->answerPointer = \FFI::addr($this->answer);
        $this->step = $this->struct('paysig_step');
        $this->stepPointer = \FFI::addr($this->step);
    }

    /** The C declarations, callable: for functions that answer by their return value alone. */
    public static function ffi(): \FFI
    {
        return self::$library ??= Library::load();
    }

    /** For one call. Take it after everything that may call other code, and give it back when the answer is read. */
    public static function take(): self
    {
        // PHP lets other code in at calls and jumps, of which there is none between these two.
        $native = self::$idle;
        self::$idle = null;
        return $native ?? new self();
    }

    /** The answer of the call is read. */
    public function give(): void
    {
        self::$idle = $this;
    }

    /** A place for a handle: "paysig_signer". Its element 0 is the handle after the call. */
    public function place(string $type): CData
    {
        return $this->ffi->new("$type *[1]");
    }

    /** All pieces of the answer; the structs say which is where. */
    public function output(): string
    {
        return \FFI::string($this->out, $this->length->cdata);
    }

    /** The answer of a call that fills no struct; gives back. */
    public function text(): string
    {
        $text = \FFI::string($this->out, $this->length->cdata);
        self::$idle = $this;
        return $text;
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
    public static function coverage(string $json): Coverage
    {
        $known = self::$coverages[$json] ?? null;
        if ($known !== null) {
            return $known;
        }
        if (\count(self::$coverages) >= self::COVERAGES) {
            self::$coverages = [];
        }
        return self::$coverages[$json] = Coverage::fromJson($json);
    }

    /** The end of a call that has no answer, or a handle in a place: gives back, and throws what it failed with. */
    public function done(int $status): void
    {
        $this->check($status);
        $this->give();
    }

    /**
     * Throws what the call failed with, and then gives back.
     *
     * @param ?CData $judged the struct that names the key to fetch, of a call that judges messages
     */
    public function check(int $status, ?CData $judged = null): void
    {
        if ($status !== 0) {
            throw $this->failure($status, ...($judged === null ? [] : $this->neededKey($status, $judged)));
        }
    }

    public static function statusName(int $status): string
    {
        return self::ffi()->paysig_status_name($status);
    }

    public static function statusHttp(int $status): int
    {
        return self::ffi()->paysig_status_http($status);
    }

    public static function version(): string
    {
        return self::ffi()->paysig_version();
    }

    /**
     * What the call failed with; gives back. Every status has its arm; a number that this package does not know comes from a newer library.
     *
     * @param ?string $keyId with Status::NeedsKey: the id of the key to fetch
     * @param ?string $keyUrl and where to get it
     */
    public function failure(int $number, ?string $keyId = null, ?string $keyUrl = null): PaysigException
    {
        $status = Status::tryFrom($number);
        $message = self::statusName($number) . ': ' . \FFI::string(\FFI::addr($this->error->message[0]));
        $field = \FFI::string(\FFI::addr($this->error->field[0]));
        $http = $this->error->http;
        $this->give();
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
            // A pointer is NULL once a destructor has freed what it points to.
            Status::NullArgument => new NativeLibraryException(
                "$message: it was used after PHP had destroyed it, at the end of the script or in a garbage cycle",
                $status,
                $http,
                $field,
            ),
            Status::Ok,
            Status::BufferTooSmall,
            Status::AbiMismatch,
            Status::Internal => new NativeLibraryException($message, $status, $http, $field),
        };
    }

    /** @return list<?string> id and URL of the key that a judged message needs */
    private function neededKey(int $status, CData $judged): array
    {
        if ($status !== Status::NeedsKey->value) {
            return [];
        }
        $out = $this->output();
        $present = $judged->present;
        return [
            $present & 32 ? Wire::piece($out, $judged->need_key_id) : null,
            $present & 64 ? Wire::piece($out, $judged->need_key_url) : null,
        ];
    }

    private function struct(string $type): CData
    {
        $struct = $this->ffi->new($type);
        $struct->struct_size = \FFI::sizeof($struct);
        return $struct;
    }
}
