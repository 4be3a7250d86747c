<?php

declare(strict_types=1);

namespace Paysig\Tests;

/** A program that listens on loopback while a test runs. */
final class Server
{
    /** @var resource */
    private $process;

    /** @param list<string> $command */
    private function __construct(array $command, private readonly string $log, public readonly string $address)
    {
        $output = ['file', $log, 'w'];
        $this->process = \proc_open($command, [['file', '/dev/null', 'r'], $output, $output], $pipes);
        for ($i = 0; $i < 200; $i++) {
            if (!\proc_get_status($this->process)['running']) {
                break;
            }
            $socket = @\stream_socket_client($address, $number, $message, 1);
            if ($socket !== false) {
                \fclose($socket);
                return;
            }
            \usleep(50000);
        }
        throw new \RuntimeException(\implode(' ', $command) . " does not listen:\n" . $this->log());
    }

    /** @param list<string> $options */
    public static function php(string $script, array $options = ['-d', 'ffi.enable=1']): self
    {
        $port = self::port();
        $command = [\PHP_BINARY, ...$options, '-S', "127.0.0.1:$port", $script];
        return new self($command, \tempnam(\sys_get_temp_dir(), 'paysig'), "tcp://127.0.0.1:$port");
    }

    /** @param list<string> $command */
    public static function at(string $address, array $command): self
    {
        return new self($command, \tempnam(\sys_get_temp_dir(), 'paysig'), $address);
    }

    public static function port(): int
    {
        $socket = \stream_socket_server('tcp://127.0.0.1:0');
        return (int) \substr((string) \strrchr((string) \stream_socket_get_name($socket, false), ':'), 1);
    }

    public function url(): string
    {
        return \str_replace('tcp:', 'http:', $this->address);
    }

    public function log(): string
    {
        return (string) \file_get_contents($this->log);
    }

    public function __destruct()
    {
        \proc_terminate($this->process);
        \proc_close($this->process);
        @\unlink($this->log);
    }
}
