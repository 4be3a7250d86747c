<?php

// A server of keys on loopback, over TLS: keys.php PORT CERTIFICATE. Writes a line for each request.

declare(strict_types=1);

[, $port, $certificate] = $argv;
$context = stream_context_create(['ssl' => ['local_cert' => $certificate]]);
$server = stream_socket_server("ssl://127.0.0.1:$port", $number, $message, STREAM_SERVER_BIND | STREAM_SERVER_LISTEN, $context);
while (true) {
    // Who only looks whether somebody listens does not shake hands.
    $client = @stream_socket_accept($server, 3600);
    if ($client === false) {
        continue;
    }
    [, $path] = explode(' ', (string) fgets($client)) + [1 => ''];
    echo "$path\n";
    [$status, $headers, $body] = match (true) {
        $path === '/moved' => ['302 Found', "Location: /k1\r\n", ''],
        $path === '/large' => ['200 OK', '', str_repeat('x', 100)],
        $path === '/other' => ['200 OK', '', '?'],
        $path === '/slow' => ['200 OK', '', (string) usleep(2_000_000)],
        str_starts_with($path, '/k') => ['200 OK', '', 'secret of ' . substr($path, 1)],
        default => ['404 Not Found', '', ''],
    };
    fwrite($client, "HTTP/1.1 $status\r\n{$headers}Content-Length: " . strlen($body) . "\r\nConnection: close\r\n\r\n$body");
    fclose($client);
}
