<?php

declare(strict_types=1);

namespace App\EventListener;

use Paysig\Exception\PaysigException;
use Paysig\Verified;
use Paysig\Verifier;
use Symfony\Component\EventDispatcher\EventSubscriberInterface;
use Symfony\Component\HttpFoundation\Response;
use Symfony\Component\HttpKernel\Event\RequestEvent;
use Symfony\Component\HttpKernel\KernelEvents;

/**
 * Symfony: verifies what is routed to the routes that are marked `_paysig`. The router decides, since a path has many spellings
 * (/webhooks/%70ayments). routes.yaml, for all controllers of one directory:
 *
 *     payments: { resource: ../src/Controller/Payments/, type: attribute, defaults: { _paysig: true } }
 *
 * or on a route: `#[Route('/webhooks/payments', defaults: ['_paysig' => true])]`. services.yaml:
 *
 *     Paysig\Verifier: { arguments: ['slack', { signing_secret: '%env(PAYMENTS_SECRET)%' }] }
 *     App\EventListener\PaysigWebhookListener: { arguments: ['@Paysig\Verifier'], tags: [kernel.event_subscriber] }
 *
 * The provider's checks of the endpoint are answered here, in place of the controller. Those of Ingenico and Braintree are GETs: the
 * route must take them.
 */
final class PaysigWebhookListener implements EventSubscriberInterface
{
    /** After the router (32), whose answer decides; before the firewall (8) and whatever parses the body. */
    private const PRIORITY = 31;

    public function __construct(private readonly Verifier $verifier)
    {
    }

    public static function getSubscribedEvents(): array
    {
        return [KernelEvents::REQUEST => ['onRequest', self::PRIORITY]];
    }

    public function onRequest(RequestEvent $event): void
    {
        $request = $event->getRequest();
        if (!$request->attributes->get('_paysig')) {
            return;
        }
        try {
            $message = [$request->getMethod(), $request->getRequestUri(), $request->headers->all(), $request->getContent()];
            $check = $this->verifier->handshake(...$message);
            if ($check !== null) {
                $headers = ['Content-Type' => $check->contentType, 'X-Content-Type-Options' => 'nosniff'];
                $event->setResponse(new Response($check->body, 200, $headers));
                return;
            }
            $request->attributes->set(Verified::class, $this->verifier->verify(...$message));
        } catch (PaysigException $refused) {
            \error_log('webhook refused: ' . $refused->getMessage());
            $event->setResponse(new Response('', $refused->httpStatus));
        }
    }
}
