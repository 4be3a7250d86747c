<?php

declare(strict_types=1);

namespace Paysig\Tests;

use App\EventListener\PaysigWebhookListener;
use App\Http\Middleware\VerifyPaysigWebhook;
use Illuminate\Http\Request as LaravelRequest;
use Paysig\Flow;
use Paysig\Signer;
use Paysig\Verified;
use Paysig\Verifier;
use PHPUnit\Framework\TestCase;
use Symfony\Component\HttpFoundation\Request;
use Symfony\Component\HttpFoundation\Response;
use Symfony\Component\HttpKernel\Event\RequestEvent;
use Symfony\Component\HttpKernel\HttpKernelInterface;

/** The examples for Laravel and Symfony, with the request classes of both. */
final class FrameworkTest extends TestCase
{
    private const CREDENTIALS = ['login' => 'shop-login', 'secret' => 'api-signature'];

    public static function setUpBeforeClass(): void
    {
        \ini_set('error_log', '/dev/null');
        require_once __DIR__ . '/../../examples/php/laravel/VerifyPaysigWebhook.php';
        require_once __DIR__ . '/../../examples/php/symfony/PaysigWebhookListener.php';
    }

    public static function tearDownAfterClass(): void
    {
        \ini_restore('error_log');
    }

    /**
     * @template T of Request
     * @param class-string<T> $class
     * @return T
     */
    private static function request(string $class, string $path, string $sent = 'x'): Request
    {
        $signed = (new Signer('directa24-deposits', self::CREDENTIALS, Flow::Webhook))->sign('POST', $path, [], 'x');
        $server = [];
        foreach ($signed->headers as [$name, $value]) {
            $server['HTTP_' . \strtr(\strtoupper($name), '-', '_')] = $value;
        }
        return $class::create($path, 'POST', [], [], [], $server, $sent);
    }

    public function testLaravel(): void
    {
        $middleware = new VerifyPaysigWebhook(new Verifier('directa24-deposits', self::CREDENTIALS));
        $next = static fn (Request $request) => new Response($request->attributes->get(Verified::class)->keyId);
        $answer = $middleware->handle(self::request(LaravelRequest::class, '/hook?a=1'), $next);
        self::assertSame('shop-login', $answer->getContent());
        $answer = $middleware->handle(self::request(LaravelRequest::class, '/hook?a=1', 'y'), $next);
        self::assertSame([401, ''], [$answer->getStatusCode(), $answer->getContent()]);
    }

    public function testSymfony(): void
    {
        $listener = new PaysigWebhookListener(new Verifier('directa24-deposits', self::CREDENTIALS), '/hook');
        $kernel = $this->createMock(HttpKernelInterface::class);
        $ask = static function (Request $request) use ($listener, $kernel): RequestEvent {
            $event = new RequestEvent($kernel, $request, HttpKernelInterface::MAIN_REQUEST);
            $listener->onRequest($event);
            return $event;
        };
        $event = $ask(self::request(Request::class, '/hook'));
        self::assertNull($event->getResponse());
        self::assertSame('shop-login', $event->getRequest()->attributes->get(Verified::class)->keyId);
        self::assertSame(401, $ask(self::request(Request::class, '/hook', 'y'))->getResponse()?->getStatusCode());
        self::assertNull($ask(self::request(Request::class, '/other', 'y'))->getResponse());
    }
}
