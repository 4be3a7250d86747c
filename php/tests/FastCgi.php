<?php

declare(strict_types=1);

namespace Paysig\Tests;

/** As much of a FastCGI client as one GET needs. */
final class FastCgi
{
    public static function get(string $address, string $script): string
    {
        $socket = \stream_socket_client($address, timeout: 5);
        if ($socket === false) {
            throw new \RuntimeException("$address does not answer");
        }
        $parameters = '';
        foreach (['SCRIPT_FILENAME' => $script, 'REQUEST_METHOD' => 'GET', 'SERVER_PROTOCOL' => 'HTTP/1.1'] as $name => $value) {
            $parameters .= \chr(\strlen($name)) . \pack('N', \strlen($value) | 0x80000000) . $name . $value;
        }
        // Begin (responder), parameters, end of parameters, end of input.
        \fwrite($socket, self::record(1, "\0\1\0\0\0\0\0\0") . self::record(4, $parameters) . self::record(4) . self::record(5));
        $output = '';
        while (\strlen($header = (string) \fread($socket, 8)) === 8) {
            ['type' => $type, 'length' => $length, 'padding' => $padding] = \unpack('x/Ctype/x2/nlength/Cpadding', $header);
            $content = $length + $padding > 0 ? (string) \stream_get_contents($socket, $length + $padding) : '';
            if ($type === 3) {
                break;
            }
            $output .= $type === 6 || $type === 7 ? \substr($content, 0, $length) : '';
        }
        return (string) \substr((string) \strstr($output, "\r\n\r\n"), 4);
    }

    private static function record(int $type, string $content = ''): string
    {
        return \pack('CCnnCC', 1, $type, 1, \strlen($content), 0, 0) . $content;
    }
}
