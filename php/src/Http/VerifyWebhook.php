<?php

declare(strict_types=1);

namespace Paysig\Http;

use Paysig\Exception\PaysigException;
use Paysig\Exception\VerificationException;
use Paysig\Status;
use Paysig\Verdict;
use Paysig\Verified;
use Paysig\Verifier;
use Psr\Http\Message\ResponseFactoryInterface;
use Psr\Http\Message\ResponseInterface;
use Psr\Http\Message\ServerRequestInterface;
use Psr\Http\Message\StreamFactoryInterface;
use Psr\Http\Server\MiddlewareInterface;
use Psr\Http\Server\RequestHandlerInterface;

/**
 * PSR-15 middleware that lets authentic webhooks through, with the result in the attribute Verified::class, and answers others
 * itself: 400, 401, 413, 500 or 503 and not a word more. Put it before anything that parses the body.
 */
final class VerifyWebhook implements MiddlewareInterface
{
    /** Seconds after which a message that another process is handling may be sent again. */
    private const RETRY_AFTER = '1';

    /** @var ?callable(\Throwable): void */
    private $refused;

    /**
     * @param ?ReplayGuard $guard keeps what was handled before from the handler: RedisReplayGuard, or one of yours
     * @param ?string $publicUrl scheme and host that the provider calls ("https://shop.example"); only schemes that sign the URL need
     *     it. It is never taken from the Host header
     * @param int $limit bytes of body
     * @param ?callable(\Throwable): void $refused told why a message was not let through (Verdict::Replayed: it was handled before), for
     *     your log
     */
    public function __construct(
        private readonly Verifier|KeyCache $verifier,
        private readonly ResponseFactoryInterface $responses,
        private readonly StreamFactoryInterface $streams,
        private readonly ?ReplayGuard $guard = null,
        private readonly ?string $publicUrl = null,
        private readonly int $limit = 1 << 20,
        ?callable $refused = null,
    ) {
        $this->refused = $refused;
    }

    public function process(ServerRequestInterface $request, RequestHandlerInterface $handler): ResponseInterface
    {
        $body = $this->body($request);
        if ($body === null) {
            $this->report(new PaysigException('the body is larger than the limit', Status::TooLarge, field: 'body'));
            return $this->answer(Status::TooLarge);
        }
        $target = $this->target($request);
        $url = $this->publicUrl === null ? $target : \rtrim($this->publicUrl, '/') . $target;
        try {
            $headers = Psr7::headers($request);
            $verified = $this->verifier->verify($request->getMethod(), $url, $headers, $body, target: $target);
        } catch (PaysigException $failure) {
            $this->report($failure);
            return $this->responses->createResponse($failure->httpStatus);
        }
        $stream = $this->streams->createStream($body);
        // Some factories leave it at its end.
        $stream->rewind();
        $request = $request->withBody($stream)->withAttribute(Verified::class, $verified);
        return $this->guard === null ? $handler->handle($request) : $this->once($this->guard, $request, $handler, $verified);
    }

    private function once(
        ReplayGuard $guard,
        ServerRequestInterface $request,
        RequestHandlerInterface $handler,
        Verified $verified,
    ): ResponseInterface {
        try {
            $claim = $guard->begin($verified->replayKey);
        } catch (\Throwable $failure) {
            $this->report($failure);
            return $this->answer(Status::StoreUnavailable);
        }
        if ($claim->state === ReplayState::Done) {
            // The provider did not hear of it the first time; a refusal would make it try again.
            $text = Status::Replayed->label() . ': the message was handled before';
            $this->report(new VerificationException($text, Verdict::Replayed, Status::Replayed->httpStatus()));
            return $this->answer(Status::Replayed);
        }
        if ($claim->state === ReplayState::InProgress) {
            return $this->answer(Status::StoreUnavailable)->withHeader('Retry-After', self::RETRY_AFTER);
        }
        $done = false;
        try {
            $response = $handler->handle($request);
            $done = \intdiv($response->getStatusCode(), 100) === 2;
            return $response;
        } finally {
            try {
                $done ? $guard->commit($claim) : $guard->release($claim);
            } catch (\Throwable $failure) {
                $this->report($failure);
            }
        }
    }

    /** The whole body, wherever its stream stands, or null if it is too large. */
    private function body(ServerRequestInterface $request): ?string
    {
        $stream = $request->getBody();
        if (($stream->getSize() ?? 0) > $this->limit) {
            return null;
        }
        if ($stream->isSeekable()) {
            $stream->rewind();
        }
        $body = '';
        while (!$stream->eof()) {
            $body .= $stream->read(65536);
            if (\strlen($body) > $this->limit) {
                return null;
            }
        }
        return $body;
    }

    /** Path and query as they came: a URI object may spell them differently. */
    private function target(ServerRequestInterface $request): string
    {
        $target = $request->getServerParams()['REQUEST_URI'] ?? null;
        return \is_string($target) && \str_starts_with($target, '/') ? $target : $request->getRequestTarget();
    }

    private function answer(Status $status): ResponseInterface
    {
        return $this->responses->createResponse($status->httpStatus());
    }

    private function report(\Throwable $failure): void
    {
        if ($this->refused !== null) {
            ($this->refused)($failure);
        }
    }
}
