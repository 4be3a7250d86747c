<?php

declare(strict_types=1);

namespace Paysig;

use Paysig\Native\Handle;
use Paysig\Native\Native;
use Paysig\Native\Packed;
use Paysig\Native\Pairs;
use Paysig\Native\Ring;
use Paysig\Native\Wire;

/** Judges messages of one flow against a ring of keys. Immutable: make it once and share it. */
final readonly class Verifier
{
    /** @internal Replay key, coverage and signed JSON. */
    public const WANT = 7;
    private const WANT_PACKED = "\x07";

    private Handle $handle;

    /**
     * @param string|Scheme $scheme an id of the catalogue, or a scheme of your own
     * @param array<mixed> $keys credentials by name (['secret' => ...]), or a list of such arrays or of Key objects
     * @param ?int $tolerance seconds that a message may be old, instead of the recipe's
     * @param ?string $expectedKeyId the only key id to accept
     * @param ?int $maxBody bytes
     * @param list<string> $variants named departures of the recipe
     * @param list<string> $algorithms the only ones that a sender may name, where the scheme lets it name one
     * @throws Exception\ConfigurationException
     */
    public function __construct(
        string|Scheme $scheme,
        #[\SensitiveParameter] array $keys,
        Flow $flow = Flow::Webhook,
        ?int $tolerance = null,
        ?string $expectedKeyId = null,
        ?int $maxBody = null,
        array $variants = [],
        array $algorithms = [],
    ) {
        $scheme = Scheme::of($scheme);
        $ring = Ring::of($keys);
        $options = Pairs::ofOptions([
            'variant' => $variants,
            'tolerance' => $tolerance,
            'expected_key_id' => $expectedKeyId,
            'max_body' => $maxBody,
            'algorithm' => $algorithms,
        ]);
        $native = Native::take();
        $place = $native->place('paysig_verifier');
        $native->done($native->ffi->paysig_verifier_new(
            $scheme->handle->pointer,
            $flow->value,
            $ring->pointer,
            $options->bytes,
            \strlen($options->bytes),
            $options->lengths,
            $options->count,
            $place,
            $native->errorPointer,
        ));
        $this->handle = new Handle($place[0], 'paysig_verifier_free');
    }

    /**
     * Judges one message.
     *
     * @param string $url path and query as on the request line; schemes that sign the URL need the whole public one, from your
     *     configuration and never from the Host header
     * @param array<mixed> $headers by name (a value or a list of values), or a list of [name, value]
     * @param string $body the bytes as they came, before any parsing
     * @param \DateTimeInterface|int|null $now a time, or milliseconds since 1970; null: the system's clock
     * @param ?string $target path and query as on the request line, where they are not those of the URL
     * @throws Exception\VerificationException if it is not authentic; its verdict says why
     * @throws Exception\PaysigException
     */
    public function verify(
        string $method,
        string $url,
        #[\SensitiveParameter] array $headers,
        string $body,
        \DateTimeInterface|int|null $now = null,
        ?string $target = null,
    ): Verified {
        $packed = Packed::message(self::WANT_PACKED, $method, $url, $headers, $now, $target);
        // Native::take(), without the time of a call.
        $native = Native::$idle;
        Native::$idle = null;
        $native ??= Native::take();
        do {
            $status = $native->ffi->paysig_verify_packed(
                $this->handle->pointer,
                $packed,
                \strlen($packed),
                $body,
                \strlen($body),
                $native->out,
                $native->outSize,
                $native->lengthPointer,
                $native->errorPointer,
            );
        } while ($status !== 0 && $native->grown($status));
        if ($status === 0) {
            return Verified::unpack($native->text());
        }
        $needed = $status === Status::NeedsKey->value ? Verified::unpackNeeded($native->output()) : [];
        throw $native->failure($status, ...$needed);
    }

    /**
     * What to answer to an endpoint check, by which a provider (Slack, Discord, Zoom, Ingenico, Braintree) finds out whether an
     * endpoint is yours; null for any other message, which is to be verified. Ask before verify(), with the same arguments. Answer
     * with status 200, the content type and the body, and handle nothing. A check that the scheme signs is verified first, and its
     * exception is that of verify().
     *
     * @param array<mixed> $headers and the other parameters as for verify()
     * @throws Exception\VerificationException if a signed check is not authentic; its verdict says why
     * @throws Exception\PaysigException
     */
    public function handshake(
        string $method,
        string $url,
        #[\SensitiveParameter] array $headers,
        string $body,
        \DateTimeInterface|int|null $now = null,
        ?string $target = null,
    ): ?Handshake {
        $message = Wire::message($method, $url, $headers, $body, $target);
        $time = Wire::now($now);
        $native = Native::take();
        do {
            $status = $native->ffi->paysig_handshake(...[
                $this->handle->pointer, ...$message, $time,
                $native->out, $native->outSize, $native->lengthPointer, $native->answerPointer, $native->errorPointer,
            ]);
        } while ($native->grown($status));
        $native->check($status, $native->answer);
        return Handshake::read($native);
    }

    /**
     * Judges a message whose body comes in pieces. Everything else must be known; the parameters are those of verify(). Schemes that
     * look into the body (JSON members, form fields, JWS) or read it more than once answer `unsupported`.
     *
     * @param array<mixed> $headers
     * @param ?int $bodyLength the Content-Length, so that the result has a replay key; null: not announced
     * @throws Exception\VerificationException if that is clear from the head already
     * @throws Exception\PaysigException
     */
    public function stream(
        string $method,
        string $url,
        #[\SensitiveParameter] array $headers,
        ?int $bodyLength = null,
        \DateTimeInterface|int|null $now = null,
        ?string $target = null,
    ): VerifyStream {
        $head = Wire::head($method, $url, $headers, $target);
        $time = Wire::now($now);
        $native = Native::take();
        $place = $native->place('paysig_stream');
        $native->done($native->ffi->paysig_stream_verify(...[
            $this->handle->pointer, ...$head, $bodyLength ?? Wire::LENGTH_UNKNOWN,
            $time, $place, $native->errorPointer,
        ]));
        return new VerifyStream(new Handle($place[0], 'paysig_stream_free'));
    }

    /**
     * How many seconds replay keys must be remembered, for a replay guard: as long as a message can be accepted at all, or where no
     * time is signed what the recipe names, else a week.
     */
    public function retention(): int
    {
        return Native::ffi()->paysig_verifier_retention($this->handle->pointer);
    }

    /**
     * The same verifier over other keys; cheap, since what the recipe says is shared.
     *
     * @param array<mixed> $keys as for the constructor
     */
    public function withKeys(#[\SensitiveParameter] array $keys): self
    {
        $ring = Ring::of($keys);
        $native = Native::take();
        $place = $native->place('paysig_verifier');
        $native->done($native->ffi->paysig_verifier_with_keys(
            $this->handle->pointer,
            $ring->pointer,
            $place,
            $native->errorPointer,
        ));
        $other = (new \ReflectionClass(self::class))->newInstanceWithoutConstructor();
        $other->handle = new Handle($place[0], 'paysig_verifier_free');
        return $other;
    }
}
