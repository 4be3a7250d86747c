<?php

declare(strict_types=1);

namespace Paysig;

/** A weakness of a scheme itself, however well it is implemented. */
final readonly class Lint
{
    /**
     * @param string $id the weakness: "unsigned-body"
     * @param string $scheme and flow: where
     * @param int $line of the recipe, from 1; 0 if it is not known
     * @param string $message a sentence for people
     * @param string $witness what it allows: two messages with one signature, an attack
     * @param ?string $acknowledged the recipe's reason to keep it so, where it gives one
     */
    public function __construct(
        public string $id,
        public string $scheme,
        public Flow $flow,
        public int $line,
        public string $message,
        public string $witness,
        public ?string $acknowledged,
    ) {
    }

    /**
     * @internal
     * @return list<self>
     */
    public static function listFromJson(string $json): array
    {
        $lints = [];
        /** @var array{id: string, scheme: string, flow: string, line: int, message: string, witness: string, acknowledged: ?string} $row */
        foreach (\json_decode($json, true, flags: \JSON_THROW_ON_ERROR) as $row) {
            foreach (Flow::cases() as $flow) {
                if (\strtolower($flow->name) === $row['flow']) {
                    $lints[] = new self(...['flow' => $flow] + $row);
                }
            }
        }
        return $lints;
    }
}
