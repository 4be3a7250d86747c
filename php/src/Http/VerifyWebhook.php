<?php

declare(strict_types=1);

namespace Paysig\Http;

use Paysig\Exception\ConfigurationException;
use Paysig\Exception\PaysigException;
use Paysig\Exception\VerificationException;
use Paysig\Handshake;
use Paysig\Status;
use Paysig\Verdict;
use Paysig\Verified;
use Paysig\Verifier;
use Psr\Http\Message\ResponseFactoryInterface;
use Psr\Http\Message\ResponseInterface;
use Psr\Http\Message\ServerRequestInterface;
use Psr\Http\Message\StreamFactoryInterface;
use Psr\Http\Message\StreamInterface;
use Psr\Http\Server\MiddlewareInterface;
use Psr\Http\Server\RequestHandlerInterface;

/**
 * PSR-15 middleware that lets authentic webhooks through, with the result in the attribute Verified::class, and answers others
 * itself: 400, 401, 413, 500 or 503 and not a word more. Endpoint checks of the provider (Verifier::handshake()) it answers as the
 * scheme demands, if their signature is right where they have one; handler and guard never see them. Some are a GET: route that here
 * as well. Put it before anything that parses the body.
 */
final class VerifyWebhook implements MiddlewareInterface
{
    /** Seconds after which a message that another process is handling may be sent again. */
    private const RETRY_AFTER = '1';

    private readonly ?string $publicUrl;
    /** @var ?callable(\Throwable): void */
    private $refused;

    /**
     * @param ?ReplayGuard $guard keeps what was handled before from the handler: RedisReplayGuard, or one of yours
     * @param ?string $publicUrl a base, to which each request's path and query are appended: scheme and host that the provider calls
     *     ("https://shop.example"), and a path where a proxy strips one ("https://shop.example/api"). Only schemes that sign the URL
     *     need it. It is never taken from the Host header
     * @param int $limit bytes of body
     * @param ?callable(\Throwable): void $refused told why a message was not let through (Verdict::Replayed: it was handled before), for
     *     your log; without it, error_log() gets a line about what is not the sender's fault: configuration, missing keys, replay store
     * @throws ConfigurationException if $publicUrl is not an absolute http or https URL without query and fragment
     */
    public function __construct(
        private readonly Verifier|KeyCache $verifier,
        private readonly ResponseFactoryInterface $responses,
        private readonly StreamFactoryInterface $streams,
        private readonly ?ReplayGuard $guard = null,
        ?string $publicUrl = null,
        private readonly int $limit = 1 << 20,
        ?callable $refused = null,
    ) {
        $this->publicUrl = $publicUrl === null ? null : self::base($publicUrl);
        $this->refused = $refused;
    }

    public function process(ServerRequestInterface $request, RequestHandlerInterface $handler): ResponseInterface
    {
        $body = $this->body($request);
        if ($body === null) {
            $status = Status::TooLarge;
            $this->report(new PaysigException('the body is larger than the limit', $status, $status->httpStatus(), 'body'));
            return $this->answer($status);
        }
        $target = $this->target($request);
        // Without a public URL there is none: what a sender calls this server must not pass for it.
        [$url, $target] = $this->publicUrl === null ? [$target, null] : [$this->publicUrl . $target, $target];
        try {
            $message = [$request->getMethod(), $url, Psr7::headers($request), $body, null, $target];
            $handshake = $this->verifier->handshake(...$message);
            if ($handshake !== null) {
                return $this->handshake($handshake);
            }
            $verified = $this->verifier->verify(...$message);
        } catch (PaysigException $failure) {
            $this->report($failure);
            return $this->responses->createResponse($failure->httpStatus);
        }
        $request = $request->withBody($this->stream($body))->withAttribute(Verified::class, $verified);
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

    /** A base URL, to which a target can be appended. */
    private static function base(string $publicUrl): string
    {
        $parts = \parse_url($publicUrl) ?: [];
        $absolute = \in_array(\strtolower($parts['scheme'] ?? ''), ['https', 'http'], true) && ($parts['host'] ?? '') !== '';
        if (!$absolute || \preg_match('/[?#\\\\\x00-\x20\x7f]/', $publicUrl) === 1) {
            throw new ConfigurationException(
                'publicUrl must be an absolute http or https URL without query and fragment, such as https://shop.example',
                Status::InvalidOption,
                field: 'publicUrl',
            );
        }
        return \rtrim($publicUrl, '/');
    }

    /** Path and query as they came: a URI object may spell them differently. */
    private function target(ServerRequestInterface $request): string
    {
        $target = $request->getServerParams()['REQUEST_URI'] ?? null;
        return \is_string($target) && \str_starts_with($target, '/') ? $target : $request->getRequestTarget();
    }

    private function stream(string $body): StreamInterface
    {
        $stream = $this->streams->createStream($body);
        // Some factories leave it at its end.
        $stream->rewind();
        return $stream;
    }

    /** What the provider wants to hear; a stranger may have written it, so no browser may take it for HTML. */
    private function handshake(Handshake $handshake): ResponseInterface
    {
        return $this->answer(Status::Ok)
            ->withHeader('Content-Type', $handshake->contentType)
            ->withHeader('X-Content-Type-Options', 'nosniff')
            ->withBody($this->stream($handshake->body));
    }

    private function answer(Status $status): ResponseInterface
    {
        return $this->responses->createResponse($status->httpStatus());
    }

    private function report(\Throwable $failure): void
    {
        if ($this->refused !== null) {
            ($this->refused)($failure);
            return;
        }
        // What is the sender's fault is answered and no more: anybody could fill the log.
        if (!$failure instanceof PaysigException || $failure->httpStatus >= 500) {
            \error_log('paysig: a webhook met an error: ' . \addcslashes(self::inWords($failure), "\0..\37\177"));
        }
    }

    /** What others throw may hold what they read, a secret perhaps: of that, only class and place. */
    private static function inWords(\Throwable $failure): string
    {
        $text = $failure instanceof PaysigException
            ? $failure->getMessage()
            : \get_debug_type($failure) . " in {$failure->getFile()}:{$failure->getLine()}";
        $cause = $failure->getPrevious();
        return $cause === null ? $text : "$text, because of " . self::inWords($cause);
    }
}
