<?php

declare(strict_types=1);

namespace App\Http\Middleware;

use Closure;
use Illuminate\Http\Request;
use Illuminate\Http\Response;
use Paysig\Exception\PaysigException;
use Paysig\Verified;
use Paysig\Verifier;

/**
 * Laravel: `Route::post('/webhooks/payments', ...)->middleware(VerifyPaysigWebhook::class)`, without VerifyCsrfToken. Bind the
 * verifier once, in a service provider:
 *
 *     $this->app->singleton(Verifier::class, fn () => new Verifier('slack', ['signing_secret' => config('services.payments.secret')]));
 *
 * The provider's checks of the endpoint are answered here. Those of Ingenico and Braintree are GETs: `Route::match(['get', 'post'], ...)`.
 */
final class VerifyPaysigWebhook
{
    public function __construct(private readonly Verifier $verifier)
    {
    }

    public function handle(Request $request, Closure $next): mixed
    {
        try {
            // getContent() is what came; all() and input() are parsed already.
            $message = [$request->getMethod(), $request->getRequestUri(), $request->headers->all(), $request->getContent()];
            $check = $this->verifier->handshake(...$message);
            if ($check !== null) {
                return new Response($check->body, 200, ['Content-Type' => $check->contentType, 'X-Content-Type-Options' => 'nosniff']);
            }
            $verified = $this->verifier->verify(...$message);
        } catch (PaysigException $refused) {
            \error_log('webhook refused: ' . $refused->getMessage());
            return new Response('', $refused->httpStatus);
        }
        $request->attributes->set(Verified::class, $verified);
        return $next($request);
    }
}
