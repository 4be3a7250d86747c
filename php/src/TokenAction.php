<?php

declare(strict_types=1);

namespace Paysig;

/** What a token session wants done. */
enum TokenAction: int
{
    /** Send your request with these headers. */
    case Authorize = 1;
    /** Send this request to the token endpoint and report the answer with TokenSession::fetched(). */
    case Fetch = 2;
    /** Somebody is fetching, or the last fetch failed a moment ago: ask again later. */
    case Wait = 3;
}
