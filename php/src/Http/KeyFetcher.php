<?php

declare(strict_types=1);

namespace Paysig\Http;

/** Gets the document of a key. It must not follow redirects: only the address itself was allowed. */
interface KeyFetcher
{
    /**
     * @param string $url https, on a host that the recipe allows, or what you located yourself
     * @param int $maxBytes a larger document is an error
     * @throws \Throwable whatever goes wrong, and any answer but 200
     */
    public function fetch(string $url, int $maxBytes): string;
}
