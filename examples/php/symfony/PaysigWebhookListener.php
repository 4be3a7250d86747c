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
 * Symfony: verifies everything below one path before routing. services.yaml:
 *
 *     Paysig\Verifier: { arguments: ['slack', { secret: '%env(PAYMENTS_SECRET)%' }] }
 *     App\EventListener\PaysigWebhookListener: { arguments: ['@Paysig\Verifier', '/webhooks/payments'] }
 */
final class PaysigWebhookListener implements EventSubscriberInterface
{
    public function __construct(private readonly Verifier $verifier, private readonly string $path)
    {
    }

    public static function getSubscribedEvents(): array
    {
        return [KernelEvents::REQUEST => ['onRequest', 256]];
    }

    public function onRequest(RequestEvent $event): void
    {
        $request = $event->getRequest();
        if (!$event->isMainRequest() || $request->getPathInfo() !== $this->path) {
            return;
        }
        try {
            $verified = $this->verifier->verify(
                $request->getMethod(),
                $request->getRequestUri(),
                $request->headers->all(),
                $request->getContent(),
            );
            $request->attributes->set(Verified::class, $verified);
        } catch (PaysigException $refused) {
            \error_log('webhook refused: ' . $refused->getMessage());
            $event->setResponse(new Response('', $refused->httpStatus));
        }
    }
}
