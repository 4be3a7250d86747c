<?php

declare(strict_types=1);

namespace Paysig;

/** One mistake that explains a signature, or several that were made together. */
final readonly class Finding
{
    /**
     * @param list<string> $ids the mistake's name ("body-json-spaced"), or the names of several
     * @param string $cause a sentence for people
     * @param string $fix another
     * @param array<string, string> $remedies by framework: "Express"
     */
    public function __construct(public array $ids, public string $cause, public string $fix, public array $remedies)
    {
    }
}
