<?php

declare(strict_types=1);

namespace Paysig\Tests;

use GuzzleHttp\Client;
use GuzzleHttp\HandlerStack;
use GuzzleHttp\Psr7\NoSeekStream;
use GuzzleHttp\Psr7\Request;
use GuzzleHttp\Psr7\Utils;
use Nyholm\Psr7\Factory\Psr17Factory;
use Paysig\Flow;
use Paysig\Http\GuzzleSigning;
use Paysig\Http\SigningClient;
use Paysig\Http\SigningFailed;
use Paysig\Scheme;
use Paysig\Signer;
use Paysig\Verifier;
use PHPUnit\Framework\TestCase;

/** Guzzle and PSR-18 clients against a server on loopback. */
final class ClientTest extends TestCase
{
    private const CREDENTIALS = ['login' => 'shop-login', 'secret' => 'api-signature'];
    private const QUERY_SIGNED = <<<'TOML'
        id = "query"
        name = "Signature in the query"
        [credentials]
        secret = {}
        [request]
        algorithm = "hmac-sha256"
        key = { credential = "secret" }
        encoding = "hex"
        message = [ { path = "raw" } ]
        field = [ { query_field = "sig", value = [ { signature = true } ] } ]
        TOML;

    private static Server $server;

    public static function setUpBeforeClass(): void
    {
        self::$server = Server::php(__DIR__ . '/servers/provider.php');
    }

    private static function guzzle(array $options = []): Client
    {
        $stack = HandlerStack::create();
        $stack->push(new GuzzleSigning(new Signer('directa24-deposits', self::CREDENTIALS)), 'paysig');
        return new Client(['base_uri' => self::$server->url(), 'handler' => $stack, 'http_errors' => false] + $options);
    }

    public function testGuzzleSigns(): void
    {
        $answer = self::guzzle()->post('/v3/deposits?a=%41+b', ['json' => ['amount' => '1.50']]);
        self::assertSame(
            '{"key":"shop-login","body":"{\"amount\":\"1.50\"}","target":"\/v3\/deposits?a=%41+b"}',
            (string) $answer->getBody(),
        );
        self::assertSame(200, self::guzzle()->get('/v3/deposits')->getStatusCode());
        self::assertSame(200, self::guzzle()->postAsync('/', ['form_params' => ['a' => 'b']])->wait()->getStatusCode());
    }

    public function testGuzzleSignsABodyThatCannotBeRewound(): void
    {
        $body = new NoSeekStream(Utils::streamFor('once'));
        self::assertStringContainsString('"body":"once"', (string) self::guzzle()->post('/', ['body' => $body])->getBody());
    }

    public function testARedirectIsNotSignedAgain(): void
    {
        $answer = self::guzzle(['allow_redirects' => ['strict' => true]])->post('/moved', ['body' => 'x']);
        self::assertSame(400, $answer->getStatusCode());
        self::assertStringStartsWith('missing_signature', (string) $answer->getBody());
    }

    public function testPsr18(): void
    {
        $signer = new Signer('directa24-deposits', self::CREDENTIALS);
        $client = new SigningClient(new Client(), $signer, new Psr17Factory());
        $answer = $client->sendRequest(new Request('POST', self::$server->url() . '/v3', [], '{}'));
        self::assertSame(200, $answer->getStatusCode());
        $this->expectException(SigningFailed::class);
        $client->sendRequest(new Request('POST', self::$server->url() . '/v3', ['X-Login' => 'another']));
    }

    public function testASignatureInTheQueryIsSent(): void
    {
        $scheme = Scheme::fromToml(self::QUERY_SIGNED);
        $inner = new class implements \Psr\Http\Client\ClientInterface {
            public ?\Psr\Http\Message\RequestInterface $request = null;

            public function sendRequest(\Psr\Http\Message\RequestInterface $request): \Psr\Http\Message\ResponseInterface
            {
                $this->request = $request;
                return new \GuzzleHttp\Psr7\Response();
            }
        };
        $client = new SigningClient($inner, new Signer($scheme, ['secret' => 's']), new Psr17Factory());
        $client->sendRequest(new Request('GET', 'https://api.example/a%2Fb?x=1'));
        $target = (string) $inner->request?->getRequestTarget();
        self::assertSame('/a%2Fb?x=1&sig=' . \hash_hmac('sha256', '/a%2Fb', 's'), $target);
        self::assertSame('api.example', $inner->request?->getHeaderLine('Host'));
        $verified = (new Verifier($scheme, ['secret' => 's'], Flow::Request))->verify('GET', $target, [], '');
        self::assertTrue($verified->covered->path);
    }
}
