<?php

declare(strict_types=1);

namespace Paysig;

use Paysig\Exception\NativeLibraryException;

/** Why a message is refused. */
final readonly class Diagnosis
{
    /**
     * @param Status $verdict what verifying says: Status::Ok for an authentic message and for no other; beside the verdicts it may be
     *     Status::InvalidCredentials, of a key that cannot be read
     * @param list<Finding> $findings most likely first
     * @param array<string, int> $ruledOut when nothing was found: what was tried in vain and in how many forms
     * @param int $hypotheses how many departures from the rule were tried
     * @param bool $exhausted the budget ended before the ideas
     */
    public function __construct(
        public Status $verdict,
        public array $findings,
        public array $ruledOut,
        public int $hypotheses,
        public bool $exhausted,
    ) {
    }

    /** @internal */
    public static function fromJson(string $json): self
    {
        /** @var array{
         *     verdict: string,
         *     findings: list<array{id?: string, ids?: list<string>, cause: string, fix: string, remedies?: array<string, string>}>,
         *     ruled_out?: array<string, int>, hypotheses: int, exhausted: bool
         * } $members
         */
        $members = \json_decode($json, true, flags: \JSON_THROW_ON_ERROR);
        $findings = [];
        foreach ($members['findings'] as $finding) {
            $ids = $finding['ids'] ?? [$finding['id'] ?? ''];
            $findings[] = new Finding($ids, $finding['cause'], $finding['fix'], $finding['remedies'] ?? []);
        }
        $verdict = self::status($members['verdict']);
        return new self($verdict, $findings, $members['ruled_out'] ?? [], $members['hypotheses'], $members['exhausted']);
    }

    private static function status(string $label): Status
    {
        foreach (Status::cases() as $case) {
            if ($case->label() === $label) {
                return $case;
            }
        }
        throw new NativeLibraryException("the C library says $label, which this package does not know: update paysig/paysig");
    }
}
