<?php

// A shop behind PSR-15: the middleware in front of a handler that answers what was verified.

declare(strict_types=1);

use Nyholm\Psr7\Factory\Psr17Factory;
use Nyholm\Psr7\ServerRequest;
use Paysig\Http\VerifyWebhook;
use Paysig\Verified;
use Paysig\Verifier;
use Psr\Http\Message\ResponseInterface;
use Psr\Http\Message\ServerRequestInterface;
use Psr\Http\Server\RequestHandlerInterface;

require_once __DIR__ . '/../bootstrap.php';

$factory = new Psr17Factory();
$handler = new class ($factory) implements RequestHandlerInterface {
    public function __construct(private readonly Psr17Factory $factory)
    {
    }

    public function handle(ServerRequestInterface $request): ResponseInterface
    {
        $verified = $request->getAttribute(Verified::class);
        $text = $verified->keyId . ' ' . $request->getBody()->getContents();
        return $this->factory->createResponse()->withBody($this->factory->createStream($text));
    }
};
$verifier = new Verifier('directa24-deposits', ['login' => 'shop-login', 'secret' => 'api-signature']);
$body = $factory->createStreamFromResource(fopen('php://input', 'r'));
$request = new ServerRequest($_SERVER['REQUEST_METHOD'], $_SERVER['REQUEST_URI'], getallheaders(), $body, '1.1', $_SERVER);
$response = (new VerifyWebhook($verifier, $factory, $factory, limit: 100))->process($request, $handler);
http_response_code($response->getStatusCode());
echo $response->getBody();
