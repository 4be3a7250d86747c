<?php

declare(strict_types=1);

namespace Paysig\Tests;

use PHPUnit\Framework\TestCase;

/** What holds for every class of the package: strict, final, typed, and secrets kept out of stack traces. */
final class ShapeTest extends TestCase
{
    /** Meant to be extended, by this package. */
    private const OPEN = [\Paysig\Exception\PaysigException::class, \Paysig\Native\BodyStream::class];
    private const SECRET = '/^(credentials|keys|otherKeys|secret|saved|headers)$/';

    /** @return iterable<string, array{\ReflectionClass<object>}> */
    public static function classes(): iterable
    {
        $source = __DIR__ . '/../src';
        foreach (new \RecursiveIteratorIterator(new \RecursiveDirectoryIterator($source, \FilesystemIterator::SKIP_DOTS)) as $file) {
            $name = 'Paysig\\' . \strtr(\substr((string) $file, \strlen($source) + 1, -4), '/', '\\');
            yield $name => [new \ReflectionClass($name)];
        }
    }

    /**
     * @dataProvider classes
     * @param \ReflectionClass<object> $class
     */
    public function testShape(\ReflectionClass $class): void
    {
        $name = $class->getName();
        self::assertStringStartsWith("<?php\n\ndeclare(strict_types=1);\n", (string) \file_get_contents((string) $class->getFileName()));
        self::assertTrue($class->isFinal() || $class->isInterface() || \in_array($name, self::OPEN, true), "$name is final");
        self::assertNotFalse($class->getDocComment(), "$name is documented");
        foreach ($class->getProperties() as $property) {
            $ours = $property->getDeclaringClass()->getName() === $name;
            // PHP has no property of type callable.
            $callable = \str_contains((string) $property->getDocComment(), '@var ?callable(');
            self::assertTrue(!$ours || $property->hasType() || $callable, "$name::\${$property->getName()} has a type");
        }
        foreach ($class->getMethods() as $method) {
            if ($method->getDeclaringClass()->getName() === $name && $method->isUserDefined()) {
                $this->method($method, "$name::{$method->getName()}");
            }
        }
    }

    private function method(\ReflectionMethod $method, string $name): void
    {
        $comment = (string) $method->getDocComment();
        self::assertTrue($method->hasReturnType() || $method->isConstructor() || $method->isDestructor(), "$name has a return type");
        foreach ($method->getParameters() as $parameter) {
            $type = (string) $parameter->getType();
            self::assertNotSame('', $type, "$name(\${$parameter->getName()}) has a type");
            if ($type === 'array') {
                self::assertStringContainsString("\${$parameter->getName()}", $comment, "$name says what is in \${$parameter->getName()}");
            }
            // Of the headers that are covered there are but the names.
            if (\preg_match(self::SECRET, $parameter->getName()) === 1 && $name !== \Paysig\Coverage::class . '::__construct') {
                self::assertCount(
                    1,
                    $parameter->getAttributes(\SensitiveParameter::class),
                    "$name(\${$parameter->getName()}) is kept out of stack traces",
                );
            }
        }
    }
}
