<?php

declare(strict_types=1);

namespace Paysig\Tests;

use Paysig\Flow;
use Paysig\Http\CurlKeyFetcher;
use Paysig\Scheme;
use Paysig\Signer;

/** servers/keys.php on loopback, which curl takes for keys.example, the only host that the recipe allows; and whose keys sign. */
final class KeyServer
{
    public const RECIPE = <<<'TOML'
        id = "fetching"
        name = "Fetching"
        [credentials]
        kid = { public = true }
        secret = {}
        [webhook]
        algorithm = "hmac-sha256"
        key_id = { credential = "kid" }
        key = { credential = "secret" }
        encoding = "hex"
        message = [ { body = "raw" } ]
        field = [
          { header = "X-Key", value = [ { key_id = true } ] },
          { header = "X-Signature", value = [ { signature = true } ] },
        ]
        TOML;
    public const NAMED = self::RECIPE . "\n" . 'fetch = { url = { header = "X-Key-Url" }, hosts = ["keys.example"] }';

    public readonly string $certificate;
    public readonly int $port;
    private readonly Server $server;

    public function __construct()
    {
        $this->certificate = (string) \tempnam(\sys_get_temp_dir(), 'paysig');
        $key = \openssl_pkey_new(['private_key_type' => \OPENSSL_KEYTYPE_EC, 'curve_name' => 'prime256v1']);
        $request = \openssl_csr_new(['commonName' => 'keys.example'], $key, ['digest_alg' => 'sha256']);
        \openssl_x509_export(\openssl_csr_sign($request, null, $key, 1, ['digest_alg' => 'sha256']), $text);
        \openssl_pkey_export($key, $private);
        \file_put_contents($this->certificate, $text . $private);
        $this->port = Server::port();
        $command = [\PHP_BINARY, __DIR__ . '/servers/keys.php', (string) $this->port, $this->certificate];
        $this->server = Server::at("tcp://127.0.0.1:$this->port", $command);
    }

    public function __destruct()
    {
        \unlink($this->certificate);
    }

    /** How many documents were asked for. */
    public function asked(): int
    {
        return \substr_count($this->server->log(), '/');
    }

    public static function fetcher(int $port, string $certificate, int $milliseconds = 10_000): CurlKeyFetcher
    {
        return new CurlKeyFetcher($milliseconds, [
            \CURLOPT_CONNECT_TO => ["keys.example:443:127.0.0.1:$port"],
            \CURLOPT_CAINFO => $certificate,
        ]);
    }

    /** @return array<string, string> the key of a document, for KeyCache */
    public static function key(string $id, string $url, string $document): array
    {
        return \str_starts_with($document, 'secret of ')
            ? ['kid' => $id, 'secret' => $document]
            : throw new \UnexpectedValueException('no key in the document');
    }

    /** @return array<string, string> of a message with the body `body` */
    public static function headers(string $id, ?string $url, string $recipe = self::NAMED): array
    {
        $signer = new Signer(Scheme::fromToml($recipe), ['kid' => $id, 'secret' => "secret of $id"], Flow::Webhook);
        return $signer->sign('POST', '/', [], 'body')->headerMap() + ($url === null ? [] : ['X-Key-Url' => $url]);
    }
}
