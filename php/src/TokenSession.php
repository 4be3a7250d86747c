<?php

declare(strict_types=1);

namespace Paysig;

use Paysig\Native\Handle;
use Paysig\Native\Native;
use Paysig\Native\Pairs;
use Paysig\Native\Wire;

/** A bearer token and when to renew it. It does no I/O: ask next(), do that, report what came of it. */
final readonly class TokenSession
{
    private Handle $handle;

    /**
     * @param array<string, string> $credentials by name, as the scheme asks for them
     * @param string $saved what save() gave, in another process perhaps; "": without a token yet
     * @throws Exception\ConfigurationException
     */
    public function __construct(
        string|Scheme $scheme,
        #[\SensitiveParameter] array $credentials,
        #[\SensitiveParameter] string $saved = '',
    ) {
        $scheme = Scheme::of($scheme);
        $pairs = Pairs::ofCredentials($credentials);
        $native = Native::take();
        $place = $native->place('paysig_session');
        $native->done($native->ffi->paysig_session_new(
            $scheme->handle->pointer,
            $pairs->bytes,
            \strlen($pairs->bytes),
            $pairs->lengths,
            $pairs->count,
            $saved,
            \strlen($saved),
            $place,
            $native->errorPointer,
        ));
        $this->handle = new Handle($place[0], 'paysig_session_free');
    }

    /**
     * What to do now. While a token is being renewed, the old one goes on being used as long as it lasts. A fetch is handed out
     * once; if its caller dies, its time runs out and the next call gets it.
     */
    public function next(\DateTimeInterface|int|null $now = null): TokenStep
    {
        $now = Wire::now($now);
        $native = Native::take();
        do {
            $status = $native->ffi->paysig_session_next(
                $this->handle->pointer,
                $now,
                $native->out,
                $native->outSize,
                $native->lengthPointer,
                $native->stepPointer,
                $native->errorPointer,
            );
        } while ($native->grown($status));
        $native->check($status);
        $out = $native->output();
        $step = $native->step;
        $action = TokenAction::from($step->action);
        $next = new TokenStep(
            $action,
            $action === TokenAction::Authorize ? null : Wire::date($step->until_ms),
            Wire::headers(Wire::piece($out, $step->headers)),
            Wire::piece($out, $step->method),
            Wire::piece($out, $step->target),
            Wire::piece($out, $step->body),
        );
        $native->give();
        return $next;
    }

    /**
     * Reports the token endpoint's answer.
     *
     * @param int $httpStatus 0: it could not be reached
     * @throws Exception\PaysigException token_refused, token_response_invalid
     */
    public function fetched(
        int $httpStatus,
        #[\SensitiveParameter] string $body,
        \DateTimeInterface|int|null $now = null,
    ): void {
        $now = Wire::now($now);
        $native = Native::take();
        $native->done($native->ffi->paysig_session_fetched(
            $this->handle->pointer,
            $httpStatus,
            $body,
            \strlen($body),
            $now,
            $native->errorPointer,
        ));
    }

    /**
     * Reports that the API answered 401: the token is dropped and the next step fetches a new one.
     *
     * @throws Exception\PaysigException token_refused at the second refusal in a row
     */
    public function refused(\DateTimeInterface|int|null $now = null): void
    {
        $now = Wire::now($now);
        $native = Native::take();
        $native->done($native->ffi->paysig_session_refused(
            $this->handle->pointer,
            $now,
            $native->errorPointer,
        ));
    }

    /** Reports that the API accepted the token, so that a later refusal is answered by a new fetch. */
    public function accepted(): void
    {
        $native = Native::take();
        $native->done($native->ffi->paysig_session_accepted($this->handle->pointer, $native->errorPointer));
    }

    /** The state, for another process. It holds the token: keep it where the secret may be kept. */
    public function save(): string
    {
        $native = Native::take();
        do {
            $status = $native->ffi->paysig_session_save(
                $this->handle->pointer,
                $native->out,
                $native->outSize,
                $native->lengthPointer,
                $native->errorPointer,
            );
        } while ($native->grown($status));
        $native->check($status);
        return $native->text();
    }
}
