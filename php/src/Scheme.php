<?php

declare(strict_types=1);

namespace Paysig;

use Paysig\Native\Handle;
use Paysig\Native\Native;
use Paysig\Native\Pairs;
use Paysig\Native\Ring;
use Paysig\Native\Wire;

/** How one provider product authenticates messages. */
final readonly class Scheme
{
    /** @internal */
    public Handle $handle;

    private function __construct(Handle $handle)
    {
        $this->handle = $handle;
    }

    /**
     * A scheme of the catalogue by its id: "directa24-deposits".
     *
     * @throws Exception\ConfigurationException unknown_scheme
     */
    public static function builtin(string $id): self
    {
        $native = Native::take();
        $place = $native->place('paysig_scheme');
        $native->done($native->ffi->paysig_scheme_builtin($id, \strlen($id), $place, $native->errorPointer));
        return new self(new Handle($place[0], 'paysig_scheme_free'));
    }

    /**
     * A scheme of your own.
     *
     * @param string $toml the text of a recipe, at most 64 KiB
     * @param string $file what errors call the text
     * @throws Exception\ConfigurationException invalid_recipe; it names file, line and key
     */
    public static function fromToml(string $toml, string $file = ''): self
    {
        $native = Native::take();
        $place = $native->place('paysig_scheme');
        $native->done($native->ffi->paysig_scheme_from_toml(
            $toml,
            \strlen($toml),
            $file,
            \strlen($file),
            $place,
            $native->errorPointer,
        ));
        return new self(new Handle($place[0], 'paysig_scheme_free'));
    }

    /** @internal */
    public static function of(string|self $scheme): self
    {
        return $scheme instanceof self ? $scheme : self::builtin($scheme);
    }

    /**
     * What comes with the library, sorted by id.
     *
     * @return list<array{id: string, name: string, flows: list<string>, credentials: list<array{name: string, public: bool}>}>
     */
    public static function catalogue(): array
    {
        $native = Native::take();
        do {
            $status = $native->ffi->paysig_catalogue(
                $native->out,
                $native->outSize,
                $native->lengthPointer,
                $native->errorPointer,
            );
        } while ($native->grown($status));
        $native->check($status);
        return \json_decode($native->text(), true, flags: \JSON_THROW_ON_ERROR);
    }

    /** The recipe of a scheme of the catalogue as TOML text: to read, or to start one of your own from. */
    public static function recipe(string $id): string
    {
        $native = Native::take();
        do {
            $status = $native->ffi->paysig_recipe(
                $id,
                \strlen($id),
                $native->out,
                $native->outSize,
                $native->lengthPointer,
                $native->errorPointer,
            );
        } while ($native->grown($status));
        $native->check($status);
        return $native->text();
    }

    /**
     * What is weak about the scheme itself: for recipes of your own. Those of the catalogue acknowledge each weakness with a reason.
     *
     * @return list<Lint>
     */
    public function lint(): array
    {
        $native = Native::take();
        do {
            $status = $native->ffi->paysig_lint(
                $this->handle->pointer,
                $native->out,
                $native->outSize,
                $native->lengthPointer,
                $native->errorPointer,
            );
        } while ($native->grown($status));
        $native->check($status);
        return Lint::listFromJson($native->text());
    }

    /**
     * The string to sign of a message and where every byte of it comes from. A message that carries a signature is explained as a
     * verifier reads it, any other as a signer would make it, with the first of the keys. A nonce is not made.
     *
     * @param array<mixed> $keys as for Verifier
     * @param array<mixed> $headers and the other parameters as for Signer::sign()
     * @param list<string> $variants
     */
    public function explain(
        Flow $flow,
        #[\SensitiveParameter] array $keys,
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
        array $variants = [],
    ): Explanation {
        $ring = Ring::of($keys);
        $message = Wire::message($method, $url, $headers, $body, $target);
        $options = Pairs::ofOptions([
            'variant' => $variants,
            'nonce' => $nonce,
            'timestamp_text' => $timestampText,
            'payload' => $payload,
            'expires_in' => $expiresIn,
            'padding' => $padding,
        ]);
        $time = Wire::now($now);
        $native = Native::take();
        do {
            $status = $native->ffi->paysig_explain(...[
                $this->handle->pointer, $flow->value, $ring->pointer, ...$message, $time,
                $options->bytes, \strlen($options->bytes), $options->lengths, $options->count,
                $native->out, $native->outSize, $native->lengthPointer, $native->errorPointer,
            ]);
        } while ($native->grown($status));
        $native->check($status);
        return Explanation::fromJson($native->text());
    }

    /**
     * Searches for the mistake in a message whose signature does not match. It is an offline tool that takes up to a second: not for
     * servers. It never turns a refusal into an acceptance and shows no expected signature and no secret.
     *
     * @param array<mixed> $keys as for Verifier
     * @param array<mixed> $headers and the other parameters as for Verifier::verify()
     * @param array<mixed> $otherKeys further keys that you have, of other environments or products, which may have been mixed up
     * @param ?int $tolerance seconds, instead of the recipe's
     * @param list<string> $variants
     * @throws Exception\PaysigException
     */
    public function diagnose(
        Flow $flow,
        #[\SensitiveParameter] array $keys,
        string $method,
        string $url,
        #[\SensitiveParameter] array $headers = [],
        string $body = '',
        \DateTimeInterface|int|null $now = null,
        ?string $target = null,
        #[\SensitiveParameter] array $otherKeys = [],
        ?int $tolerance = null,
        array $variants = [],
    ): Diagnosis {
        $ring = Ring::of($keys);
        $others = Ring::of($otherKeys);
        $message = Wire::message($method, $url, $headers, $body, $target);
        $options = Pairs::ofOptions(['variant' => $variants, 'tolerance' => $tolerance]);
        $time = Wire::now($now);
        $native = Native::take();
        do {
            $status = $native->ffi->paysig_diagnose(...[
                $this->handle->pointer, $flow->value, $ring->pointer, $others->pointer, ...$message, $time,
                $options->bytes, \strlen($options->bytes), $options->lengths, $options->count,
                $native->out, $native->outSize, $native->lengthPointer, $native->errorPointer,
            ]);
        } while ($native->grown($status));
        $native->check($status);
        return Diagnosis::fromJson($native->text());
    }
}
