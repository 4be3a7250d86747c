<?php

declare(strict_types=1);

namespace Paysig\Http;

/** What is known of a message. */
enum ReplayState
{
    /** It is new and now yours: commit or release must follow. */
    case Fresh;
    /** Another process is handling it. */
    case InProgress;
    /** It was handled. */
    case Done;
}
