<?php

declare(strict_types=1);

namespace Paysig;

use Paysig\Native\Handle;
use Paysig\Native\Native;
use Paysig\Native\Packed;
use Paysig\Native\Pairs;
use Paysig\Native\Wire;

/** Signs messages of one flow under one set of credentials. Immutable: make it once and share it. */
final readonly class Signer
{
    private Handle $handle;

    /**
     * @param string|Scheme $scheme an id of the catalogue, or a scheme of your own
     * @param array<string, string> $credentials by name, as the scheme asks for them: ['login' => ..., 'secret' => ...]
     * @param list<string> $variants named departures of the recipe
     * @param bool $keyElsewhere the secret is in an HSM or KMS and not given; only prepare() and finish() work
     * @throws Exception\ConfigurationException
     */
    public function __construct(
        string|Scheme $scheme,
        #[\SensitiveParameter] array $credentials,
        Flow $flow = Flow::Request,
        array $variants = [],
        bool $keyElsewhere = false,
    ) {
        $scheme = Scheme::of($scheme);
        $pairs = Pairs::ofCredentials($credentials);
        $options = Pairs::ofOptions(['variant' => $variants, 'key' => $keyElsewhere ? 'elsewhere' : null]);
        $native = Native::take();
        $place = $native->place('paysig_signer');
        $native->done($native->ffi->paysig_signer_new(
            $scheme->handle->pointer,
            $flow->value,
            $pairs->bytes,
            \strlen($pairs->bytes),
            $pairs->lengths,
            $pairs->count,
            $options->bytes,
            \strlen($options->bytes),
            $options->lengths,
            $options->count,
            $place,
            $native->errorPointer,
        ));
        $this->handle = new Handle($place[0], 'paysig_signer_free');
    }

    /**
     * Signs one message; the result says what to add to it and everything that was used.
     *
     * @param string $url where it goes: a whole URL, or path and query
     * @param array<mixed> $headers by name (a value or a list of values), or a list of [name, value]
     * @param string $body the bytes that will be sent
     * @param \DateTimeInterface|int|null $now a time, or milliseconds since 1970; null: the system's clock
     * @param ?string $nonce message id or idempotency key; null: one is made if the scheme needs one; "": none is made
     * @param ?string $timestampText signed verbatim instead of a time
     * @param ?string $payload JSON of schemes that sign a payload of their own (JWT)
     * @param ?int $expiresIn seconds that it lives
     * @param ?string $padding bytes of RSA type 2 padding, for byte-exact tests
     * @param ?string $target path and query as on the request line, where they are not those of the URL
     * @throws Exception\PaysigException
     */
    public function sign(
        string $method,
        string $url,
        #[\SensitiveParameter] array $headers = [],
        string $body = '',
        \DateTimeInterface|int|null $now = null,
        ?string $nonce = null,
        ?string $timestampText = null,
        ?string $payload = null,
        ?int $expiresIn = null,
        ?string $padding = null,
        ?string $target = null,
    ): Signed {
        $packed = Packed::message('', $method, $url, $headers, $now, $target);
        if (($nonce ?? $timestampText ?? $payload ?? $expiresIn ?? $padding) !== null) {
            $packed .= Packed::options(self::options($nonce, $timestampText, $payload, $expiresIn, $padding));
        }
        // Native::take(), without the time of a call.
        $native = Native::$idle;
        Native::$idle = null;
        $native ??= Native::take();
        do {
            $status = $native->ffi->paysig_sign_packed(
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
        if ($status !== 0) {
            throw $native->failure($status);
        }
        return Signed::unpack($native->text());
    }

    /**
     * The first half of signing with a key that lives elsewhere. The second half must repeat message, time and options, so a time
     * must be given, and a nonce if the scheme needs one.
     *
     * @param array<mixed> $headers and the other parameters as for sign()
     */
    public function prepare(
        string $method,
        string $url,
        #[\SensitiveParameter] array $headers = [],
        string $body = '',
        \DateTimeInterface|int|null $now = null,
        ?string $nonce = null,
        ?string $timestampText = null,
        ?string $payload = null,
        ?int $expiresIn = null,
        ?string $target = null,
    ): Prepared {
        $message = Wire::message($method, $url, $headers, $body, $target);
        $options = new Pairs(self::options($nonce, $timestampText, $payload, $expiresIn, null));
        $time = Wire::now($now);
        $native = Native::take();
        do {
            $status = $native->ffi->paysig_prepare(...[
                $this->handle->pointer, ...$message, $time,
                $options->bytes, \strlen($options->bytes), $options->lengths, $options->count,
                $native->out, $native->outSize, $native->lengthPointer, $native->preparedPointer, $native->errorPointer,
            ]);
        } while ($native->grown($status));
        $native->check($status);
        $out = $native->output();
        $prepared = new Prepared(
            Wire::piece($out, $native->prepared->string_to_sign),
            Wire::piece($out, $native->prepared->algorithm),
        );
        $native->give();
        return $prepared;
    }

    /**
     * The second half of signing with a key that lives elsewhere.
     *
     * @param string $signature its bytes, not encoded
     * @param array<mixed> $headers and the other parameters as they were for prepare()
     */
    public function finish(
        string $signature,
        string $method,
        string $url,
        #[\SensitiveParameter] array $headers = [],
        string $body = '',
        \DateTimeInterface|int|null $now = null,
        ?string $nonce = null,
        ?string $timestampText = null,
        ?string $payload = null,
        ?int $expiresIn = null,
        ?string $target = null,
    ): Signed {
        $message = Wire::message($method, $url, $headers, $body, $target);
        $options = new Pairs(self::options($nonce, $timestampText, $payload, $expiresIn, null));
        $time = Wire::now($now);
        $native = Native::take();
        do {
            $status = $native->ffi->paysig_finish(...[
                $this->handle->pointer, $signature, \strlen($signature), ...$message, $time,
                $options->bytes, \strlen($options->bytes), $options->lengths, $options->count,
                $native->out, $native->outSize, $native->lengthPointer, $native->signedPointer, $native->errorPointer,
            ]);
        } while ($native->grown($status));
        $native->check($status);
        return Signed::read($native);
    }

    /**
     * Signs a message whose body comes in pieces. Everything else must be known; the parameters are those of sign(). Schemes that
     * look into the body (JSON members, form fields, JWS) or read it more than once answer `unsupported`.
     *
     * @param array<mixed> $headers
     * @throws Exception\PaysigException
     */
    public function stream(
        string $method,
        string $url,
        #[\SensitiveParameter] array $headers = [],
        \DateTimeInterface|int|null $now = null,
        ?string $nonce = null,
        ?string $timestampText = null,
        ?string $target = null,
    ): SignStream {
        $head = Wire::head($method, $url, $headers, $target);
        $time = Wire::now($now);
        $options = new Pairs(self::options($nonce, $timestampText, null, null, null));
        $native = Native::take();
        $place = $native->place('paysig_stream');
        $native->done($native->ffi->paysig_stream_sign(...[
            $this->handle->pointer, ...$head, $time,
            $options->bytes, \strlen($options->bytes), $options->lengths, $options->count, $place, $native->errorPointer,
        ]));
        return new SignStream(new Handle($place[0], 'paysig_stream_free'));
    }

    /** @return list<string> name, value, name, value ... of those that are given */
    private static function options(
        ?string $nonce,
        ?string $timestampText,
        ?string $payload,
        ?int $expiresIn,
        ?string $padding,
    ): array {
        $options = [];
        foreach (
            [
                'nonce' => $nonce,
                'timestamp_text' => $timestampText,
                'payload' => $payload,
                'expires_in' => $expiresIn,
                'padding' => $padding,
            ] as $name => $value
        ) {
            if ($value !== null) {
                $options[] = $name;
                $options[] = (string) $value;
            }
        }
        return $options;
    }
}
