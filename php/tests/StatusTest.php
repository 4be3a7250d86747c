<?php

declare(strict_types=1);

namespace Paysig\Tests;

use Paysig\Exception\ConfigurationException;
use Paysig\Exception\NativeLibraryException;
use Paysig\Exception\PaysigException;
use Paysig\Exception\VerificationException;
use Paysig\Native\Library;
use Paysig\Native\Native;
use Paysig\Status;
use Paysig\Verdict;
use PHPUnit\Framework\TestCase;

/** A status that the C library has and this package does not handle fails here. */
final class StatusTest extends TestCase
{
    /** @return array<string, int> names as here ("SignatureMismatch"), numbers as in the header */
    private static function header(): array
    {
        $text = (string) \file_get_contents(Library::HEADER);
        self::assertSame(1, \preg_match('/enum paysig_status\s*\{(.*?)\}/s', $text, $body));
        \preg_match_all('/PAYSIG_(\w+) = (\d+)/', $body[1], $items, \PREG_SET_ORDER);
        $statuses = [];
        foreach ($items as [, $name, $number]) {
            $statuses[\str_replace('_', '', \ucwords(\strtolower($name), '_'))] = (int) $number;
        }
        return $statuses;
    }

    public function testEveryStatusOfTheHeaderIsACase(): void
    {
        self::assertSame(self::header(), \array_column(Status::cases(), 'value', 'name'));
    }

    public function testVerdictsAreThoseOfTheLibrary(): void
    {
        $verdicts = \array_filter(
            self::header(),
            static fn (int $number): bool => Native::ffi()->paysig_status_is_verdict($number) === 1,
        );
        self::assertSame($verdicts, \array_column(Verdict::cases(), 'value', 'name'));
        self::assertSame(Verdict::Replayed, Status::Replayed->verdict());
        self::assertNull(Status::Ok->verdict());
    }

    public function testNamesAndHttpStatusesComeFromTheLibrary(): void
    {
        self::assertSame('signature_mismatch', Verdict::SignatureMismatch->status()->label());
        foreach (Status::cases() as $case) {
            $camel = \str_replace('_', '', \ucwords($case->label(), '_'));
            self::assertSame($case->name, $camel);
        }
        self::assertSame(
            [200, 401, 400, 413, 503, 500],
            \array_map(static fn (Status $status): int => $status->httpStatus(), [
                Status::Ok, Status::SignatureMismatch, Status::MalformedField, Status::TooLarge, Status::NeedsKey, Status::Internal,
            ]),
        );
    }

    public function testEveryFailureHasItsException(): void
    {
        $failure = new \ReflectionMethod(Native::class, 'failure');
        foreach (self::header() as $name => $number) {
            $exception = $failure->invoke(Native::take(), $number);
            $class = match (true) {
                $number >= 1 && $number <= 18 => VerificationException::class,
                \in_array($number, [24, 27, 28, 29], true) => PaysigException::class,
                $number >= 20 && $number <= 29, $number === 101 => ConfigurationException::class,
                default => NativeLibraryException::class,
            };
            self::assertSame($class, $exception::class, $name);
            self::assertSame($number, $exception->getCode());
            self::assertSame(Verdict::tryFrom($number), $exception->verdict ?? null);
        }
        $newer = $failure->invoke(Native::take(), 77);
        self::assertSame([PaysigException::class, null], [$newer::class, $newer->status]);
    }
}
