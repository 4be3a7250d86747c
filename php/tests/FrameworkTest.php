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
use Symfony\Component\EventDispatcher\EventDispatcher;
use Symfony\Component\HttpFoundation\Request;
use Symfony\Component\HttpFoundation\RequestStack;
use Symfony\Component\HttpFoundation\Response;
use Symfony\Component\HttpKernel\Controller\ArgumentResolver;
use Symfony\Component\HttpKernel\Controller\ControllerResolver;
use Symfony\Component\HttpKernel\EventListener\RouterListener;
use Symfony\Component\HttpKernel\HttpKernel;
use Symfony\Component\Routing\Matcher\UrlMatcher;
use Symfony\Component\Routing\RequestContext;
use Symfony\Component\Routing\Route;
use Symfony\Component\Routing\RouteCollection;

/** The examples for Laravel and Symfony, with the request classes of both and Symfony's kernel and router. */
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

    /** What was answered to an endpoint check. */
    private static function assertChecked(Response $answer): void
    {
        self::assertSame([200, '<b>a1b2</b>'], [$answer->getStatusCode(), $answer->getContent()]);
        self::assertStringStartsWith('text/plain', (string) $answer->headers->get('Content-Type'));
        self::assertSame('nosniff', $answer->headers->get('X-Content-Type-Options'));
    }

    public function testEndpointChecksAreAnswered(): void
    {
        $server = ['HTTP_X_GCS_WEBHOOKS_ENDPOINT_VERIFICATION' => '<b>a1b2</b>'];
        $verifier = new Verifier('ingenico-v1hmac', ['key_id' => 'k', 'secret' => 's']);
        $next = static fn (): Response => self::fail('handled');
        $middleware = new VerifyPaysigWebhook($verifier);
        self::assertChecked($middleware->handle(LaravelRequest::create('/hook', server: $server), $next));
        self::assertSame(400, $middleware->handle(LaravelRequest::create('/hook'), $next)->getStatusCode());
        self::assertChecked(self::symfony($verifier, $next)->handle(Request::create('/hook', server: $server)));
        self::assertSame(400, self::symfony($verifier, $next)->handle(Request::create('/hook'))->getStatusCode());
    }

    /** Who sent the message, or "nobody". */
    private static function sender(Request $request): Response
    {
        return new Response($request->attributes->get(Verified::class)->keyId ?? 'nobody');
    }

    /** Symfony's kernel and router with the listener. */
    private static function symfony(Verifier $verifier, \Closure $controller): HttpKernel
    {
        $routes = new RouteCollection();
        $marked = ['_controller' => $controller, '_paysig' => true];
        $routes->add('webhook', new Route('/hook', $marked));
        $routes->add('below', new Route('/hook/{id}', $marked));
        $routes->add('other', new Route('/other', ['_controller' => $controller]));
        $stack = new RequestStack();
        $context = new RequestContext();
        $dispatcher = new EventDispatcher();
        $dispatcher->addSubscriber(new PaysigWebhookListener($verifier));
        $dispatcher->addSubscriber(new RouterListener(new UrlMatcher($routes, $context), $stack, $context));
        return new HttpKernel($dispatcher, new ControllerResolver(), $stack, new ArgumentResolver());
    }

    public function testSymfony(): void
    {
        $kernel = self::symfony(new Verifier('directa24-deposits', self::CREDENTIALS), self::sender(...));
        foreach (['/hook', '/hook?a=1', '/%68ook', '/hook/7', '/%68%6Fok/7'] as $path) {
            $answer = $kernel->handle(self::request(Request::class, $path));
            self::assertSame([200, 'shop-login'], [$answer->getStatusCode(), $answer->getContent()], $path);
            $answer = $kernel->handle(self::request(Request::class, $path, 'y'));
            self::assertSame([401, ''], [$answer->getStatusCode(), $answer->getContent()], $path);
            $answer = $kernel->handle(Request::create($path, 'POST', content: 'x'));
            self::assertSame([400, ''], [$answer->getStatusCode(), $answer->getContent()], $path);
        }
        self::assertSame('nobody', $kernel->handle(self::request(Request::class, '/other', 'y'))->getContent());
    }

    /** The comments of the examples make a verifier: the credential has the recipe's name. */
    public function testTheDefinitionsInTheComments(): void
    {
        foreach ([VerifyPaysigWebhook::class, PaysigWebhookListener::class] as $class) {
            $comment = (string) (new \ReflectionClass($class))->getDocComment();
            self::assertSame(1, \preg_match("/'([a-z0-9-]+)', [\[{] ?'?(\w+)'?(?::| =>) /", $comment, $named), $class);
            self::assertGreaterThan(0, (new Verifier($named[1], [$named[2] => 's']))->retention(), $class);
        }
    }
}
