<?php

declare(strict_types=1);

namespace Paysig\Native;

use Paysig\Exception\ConfigurationException;
use Paysig\Status;

/**
 * Names and values as the C ABI takes them: all bytes one after the other, and the length of each as a uint32_t. There is no
 * separator, so nothing to escape and nothing to inject.
 *
 * @internal
 */
final class Pairs
{
    private static ?self $none = null;

    public readonly string $bytes;
    public readonly string $lengths;
    public readonly int $count;

    /** @param list<string> $flat name, value, name, value ... */
    public function __construct(#[\SensitiveParameter] array $flat)
    {
        $lengths = [];
        foreach ($flat as $text) {
            $lengths[] = \strlen($text);
        }
        $this->bytes = \implode('', $flat);
        $this->lengths = $flat === [] ? '' : \pack('L*', ...$lengths);
        $this->count = \count($flat);
    }

    /** No pairs; shared, since most calls have no options. */
    public static function none(): self
    {
        return self::$none ??= new self([]);
    }

    /** @param array<string> $credentials by name */
    public static function ofCredentials(#[\SensitiveParameter] array $credentials): self
    {
        $flat = [];
        foreach ($credentials as $name => $value) {
            if (!\is_string($value)) {
                $type = \get_debug_type($value);
                throw self::invalid("credential $name is not a string but $type", Status::InvalidCredentials);
            }
            $flat[] = (string) $name;
            $flat[] = $value;
        }
        return new self($flat);
    }

    /**
     * Headers by name (one value or a list of values), or a list of [name, value].
     *
     * @param array<mixed> $headers
     */
    public static function ofHeaders(#[\SensitiveParameter] array $headers): self
    {
        if ($headers === []) {
            return self::none();
        }
        $flat = [];
        $list = \array_is_list($headers);
        foreach ($headers as $name => $value) {
            if ($list) {
                if (!\is_array($value) || \count($value) !== 2 || !\is_string($value[0] ?? null)) {
                    throw self::invalid("header $name of the list is not [name, value]", Status::InvalidOption);
                }
                [$name, $value] = $value;
            } elseif (\is_array($value)) {
                foreach ($value as $one) {
                    $flat[] = (string) $name;
                    $flat[] = \is_string($one) ? $one : throw self::notText($name, $one);
                }
                continue;
            }
            $flat[] = (string) $name;
            $flat[] = \is_string($value) ? $value : throw self::notText($name, $value);
        }
        return new self($flat);
    }

    /**
     * Options: null leaves one out, a list repeats it.
     *
     * @param array<string, string|int|list<string>|null> $options
     */
    public static function ofOptions(array $options): self
    {
        $flat = [];
        foreach ($options as $name => $value) {
            foreach (\is_array($value) ? $value : [$value] as $one) {
                if ($one === null) {
                    continue;
                }
                if (!\is_string($one) && !\is_int($one)) {
                    $type = \get_debug_type($one);
                    throw self::invalid("option $name is not a string but $type", Status::InvalidOption);
                }
                $flat[] = $name;
                $flat[] = (string) $one;
            }
        }
        return new self($flat);
    }

    private static function notText(string|int $header, #[\SensitiveParameter] mixed $value): ConfigurationException
    {
        $type = \get_debug_type($value);
        return self::invalid("the value of header $header is not a string but $type", Status::InvalidOption);
    }

    private static function invalid(string $message, Status $status): ConfigurationException
    {
        return new ConfigurationException($message, $status);
    }

    /** @return array<string, string> */
    public function __debugInfo(): array
    {
        return ['pairs' => 'redacted'];
    }
}
