<?php

declare(strict_types=1);

namespace Paysig\Http;

use Paysig\Exception\PaysigException;
use Paysig\Signer;
use Psr\Http\Client\ClientInterface;
use Psr\Http\Message\RequestInterface;
use Psr\Http\Message\ResponseInterface;
use Psr\Http\Message\StreamFactoryInterface;

/** A PSR-18 client that signs what another one sends. */
final class SigningClient implements ClientInterface
{
    public function __construct(
        private readonly ClientInterface $client,
        private readonly Signer $signer,
        private readonly StreamFactoryInterface $streams,
    ) {
    }

    /** @throws SigningFailed and what the other client throws */
    public function sendRequest(RequestInterface $request): ResponseInterface
    {
        try {
            $signed = Psr7::sign($this->signer, $request, $this->streams->createStream(...));
        } catch (PaysigException $failure) {
            throw new SigningFailed($request, $failure);
        }
        return $this->client->sendRequest($signed);
    }
}
