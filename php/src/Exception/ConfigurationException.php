<?php

declare(strict_types=1);

namespace Paysig\Exception;

/** A scheme, recipe, credential or option is wrong: to be mended in the program, whatever the message. */
final class ConfigurationException extends PaysigException
{
}
