<?php

declare(strict_types=1);

namespace Paysig;

/** Who sends the message to whom. */
enum Flow: int
{
    /** Client to provider: an API request. */
    case Request = 1;
    /** Provider to client: a notification. */
    case Webhook = 2;
    /** The provider's signed answer; method and URL are those of the request. */
    case Response = 3;
}
