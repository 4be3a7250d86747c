<?php

declare(strict_types=1);

namespace Paysig\Conformance;

use Paysig\Exception\ConfigurationException;
use Paysig\Exception\PaysigException;
use Paysig\Flow;
use Paysig\Key;
use Paysig\Scheme;
use Paysig\Status;

/** One question, read strictly: a member that does not exist is an error, never ignored. */
final class Line
{
    private const KNOWN = [
        'id', 'op', 'scheme', 'recipe', 'flow', 'variants', 'credentials', 'keys', 'other_keys', 'message', 'wire_encoding',
        'now', 'tolerance_seconds', 'nonce', 'timestamp_text', 'payload', 'expires_in', 'padding_hex',
    ];
    private const TEXTS = [
        'op', 'scheme', 'recipe', 'flow', 'wire_encoding', 'now', 'nonce', 'timestamp_text', 'payload', 'padding_hex',
    ];
    private const MESSAGE = ['method', 'target', 'url', 'headers', 'body', 'body_base64', 'status'];
    private const RFC_3339 = '/^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/D';

    public readonly bool $latin1;
    private \stdClass $message;

    public function __construct(private readonly \stdClass $members)
    {
        self::only($members, self::KNOWN);
        foreach (self::TEXTS as $name) {
            self::text($members, $name);
        }
        $this->message = $members->message ?? new \stdClass();
        self::only($this->message, self::MESSAGE);
        $encoding = $members->wire_encoding ?? 'utf-8';
        if ($encoding !== 'utf-8' && $encoding !== 'latin-1') {
            throw self::wrong('wire_encoding is not known');
        }
        $this->latin1 = $encoding === 'latin-1';
    }

    public static function wrong(string $message): PaysigException
    {
        return new ConfigurationException($message, Status::InvalidOption);
    }

    public function op(): string
    {
        return $this->members->op ?? throw self::wrong('there is no op');
    }

    public function scheme(): Scheme
    {
        $id = $this->members->scheme ?? null;
        $toml = $this->members->recipe ?? null;
        if (($id === null) === ($toml === null)) {
            throw self::wrong('give either scheme or recipe');
        }
        return $id !== null ? Scheme::builtin($id) : Scheme::fromToml($toml);
    }

    public function flow(): Flow
    {
        return match ($this->members->flow ?? 'request') {
            'request' => Flow::Request,
            'webhook' => Flow::Webhook,
            'response' => Flow::Response,
            default => throw self::wrong('flow is not known'),
        };
    }

    /** @return list<string> */
    public function variants(): array
    {
        $list = $this->members->variants ?? [];
        return \is_array($list) ? $list : throw self::wrong('variants are a list');
    }

    /**
     * One set of values, from `credentials`.
     *
     * @return array<string>
     */
    public function credentials(): array
    {
        if (isset($this->members->keys)) {
            throw self::wrong('this op takes credentials, not keys');
        }
        return self::values($this->members->credentials ?? new \stdClass());
    }

    /** @return list<Key> */
    public function keys(): array
    {
        $keys = $this->members->keys ?? null;
        if ($keys === null) {
            return [new Key($this->credentials())];
        }
        if (isset($this->members->credentials) || !\is_array($keys)) {
            throw self::wrong('credentials and keys exclude each other');
        }
        $ring = [];
        foreach ($keys as $key) {
            self::only($key, ['credentials', 'not_before', 'not_after']);
            $values = self::values($key->credentials ?? new \stdClass());
            $ring[] = new Key($values, self::time($key, 'not_before'), self::time($key, 'not_after'));
        }
        return $ring;
    }

    /** @return list<Key> */
    public function otherKeys(): array
    {
        $keys = $this->members->other_keys ?? [];
        if (!\is_array($keys)) {
            throw self::wrong('other_keys are a list');
        }
        return \array_map(static fn ($values) => new Key(self::values($values)), $keys);
    }

    /**
     * Arguments of sign(), verify() and explain() by name.
     *
     * @return array<string, mixed>
     */
    public function message(): array
    {
        $headers = $this->message->headers ?? [];
        if (!\is_array($headers)) {
            throw self::wrong('headers are a list');
        }
        $body = self::text($this->message, 'body');
        $base64 = self::text($this->message, 'body_base64');
        if ($body !== null && $base64 !== null) {
            throw self::wrong('body and body_base64 exclude each other');
        }
        if ($base64 !== null) {
            $body = \base64_decode($base64, true);
            if ($body === false || \base64_encode($body) !== $base64) {
                throw self::wrong('body_base64 is not base64');
            }
        }
        return [
            'method' => self::text($this->message, 'method') ?? '',
            'url' => self::text($this->message, 'url') ?? '',
            'target' => $this->wire(self::text($this->message, 'target') ?? ''),
            'headers' => \array_map(fn ($header) => \is_array($header) && \count($header) === 2
                ? [$this->wire($header[0]), $this->wire($header[1])]
                : throw self::wrong('a header is a name and a value'), $headers),
            'body' => $body ?? '',
            'now' => self::time($this->members, 'now') ?? \PHP_INT_MAX,
        ];
    }

    /**
     * More arguments of sign() and explain(). A nonce is never made.
     *
     * @return array<string, mixed>
     */
    public function signOptions(): array
    {
        $padding = $this->members->padding_hex ?? null;
        if ($padding !== null) {
            $padding = \preg_match('/^([0-9a-fA-F]{2})*$/D', $padding) ? \hex2bin($padding) : throw self::wrong('padding_hex');
        }
        return [
            'nonce' => $this->members->nonce ?? '',
            'timestampText' => $this->members->timestamp_text ?? null,
            'payload' => $this->members->payload ?? null,
            'expiresIn' => $this->number('expires_in'),
            'padding' => $padding,
        ];
    }

    public function number(string $name): ?int
    {
        $value = $this->members->$name ?? null;
        if ($value !== null && (!\is_int($value) || $value < 0 || $value > 0xffffffff)) {
            throw self::wrong("$name is out of range");
        }
        return $value;
    }

    public function now(): int|\DateTimeImmutable
    {
        return self::time($this->members, 'now') ?? \PHP_INT_MAX;
    }

    private static function only(mixed $object, array $known): void
    {
        if (!$object instanceof \stdClass) {
            throw self::wrong('not an object');
        }
        foreach (\array_keys((array) $object) as $name) {
            if (!\in_array((string) $name, $known, true)) {
                throw self::wrong("unknown member $name");
            }
        }
    }

    private static function text(\stdClass $object, string $name): ?string
    {
        $value = $object->$name ?? null;
        return $value === null || \is_string($value) ? $value : throw self::wrong("$name is not text");
    }

    private static function values(mixed $object): array
    {
        if (!$object instanceof \stdClass) {
            throw self::wrong('credentials are an object');
        }
        foreach ((array) $object as $name => $value) {
            if (!\is_string($value)) {
                throw self::wrong("credential $name is not text");
            }
        }
        return (array) $object;
    }

    private static function time(\stdClass $object, string $name): ?\DateTimeImmutable
    {
        $text = self::text($object, $name);
        if ($text === null) {
            return null;
        }
        if (!\preg_match(self::RFC_3339, $text)) {
            throw self::wrong("$name is not an RFC 3339 time");
        }
        try {
            return new \DateTimeImmutable($text);
        } catch (\Exception) {
            throw self::wrong("$name is not an RFC 3339 time");
        }
    }

    /** Text that is bytes on the wire. */
    private function wire(mixed $text): string
    {
        if (!\is_string($text)) {
            throw self::wrong('a member has the wrong type');
        }
        if (!$this->latin1) {
            return $text;
        }
        if (\preg_match('/[^\x{0}-\x{ff}]/u', $text)) {
            throw self::wrong('a character is not in Latin-1');
        }
        return (string) \iconv('UTF-8', 'ISO-8859-1', $text);
    }
}
