<?php

declare(strict_types=1);

namespace Paysig\Exception;

/** The C library cannot be used, or has a defect. The text says which ini line or path to change. */
final class NativeLibraryException extends PaysigException
{
}
