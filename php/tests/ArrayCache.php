<?php

declare(strict_types=1);

namespace Paysig\Tests;

use Psr\SimpleCache\CacheInterface;

/** A PSR-16 cache that stores what it is given as a real one does, serialized. */
final class ArrayCache implements CacheInterface
{
    /** @var array<string, string> */
    private array $entries = [];

    public function get($key, $default = null)
    {
        return isset($this->entries[$key]) ? \unserialize($this->entries[$key]) : $default;
    }

    public function set($key, $value, $ttl = null)
    {
        $this->entries[$key] = \serialize($value);
        return true;
    }

    public function delete($key)
    {
        unset($this->entries[$key]);
        return true;
    }

    public function clear()
    {
        $this->entries = [];
        return true;
    }

    public function getMultiple($keys, $default = null)
    {
        throw new \LogicException('not used');
    }

    public function setMultiple($values, $ttl = null)
    {
        throw new \LogicException('not used');
    }

    public function deleteMultiple($keys)
    {
        throw new \LogicException('not used');
    }

    public function has($key)
    {
        return isset($this->entries[$key]);
    }
}
