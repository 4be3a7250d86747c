<?php

declare(strict_types=1);

namespace Paysig\Tests;

use Paysig\Exception\ConfigurationException;
use Paysig\Exception\PaysigException;
use Paysig\Flow;
use Paysig\Scheme;
use Paysig\Signer;
use Paysig\Status;
use PHPUnit\Framework\TestCase;

final class SignTest extends TestCase
{
    private const CREDENTIALS = ['login' => 'shop-login', 'secret' => 'api-signature'];
    private const BODY = '{"amount":"1.50"}';

    private static function now(): \DateTimeImmutable
    {
        return new \DateTimeImmutable('2026-01-02T03:04:05Z');
    }

    public function testSignsAsHashHmacDoes(): void
    {
        $signed = (new Signer('directa24-deposits', self::CREDENTIALS))
            ->sign('POST', 'https://api.example/v3/deposits', [], self::BODY, self::now());
        $mac = \hash_hmac('sha256', '2026-01-02T03:04:05Zshop-login' . self::BODY, 'api-signature');
        self::assertSame(
            [['X-Date', '2026-01-02T03:04:05Z'], ['X-Login', 'shop-login'], ['Authorization', "D24 $mac"]],
            $signed->headers,
        );
        self::assertSame("D24 $mac", $signed->headerMap()['Authorization']);
        self::assertSame("D24 $mac", $signed->header('authorization'));
        self::assertNull($signed->header('X-Other'));
        self::assertSame("Authorization: D24 $mac", $signed->headerLines()[2]);
        self::assertSame(['2026-01-02T03:04:05Z', 'shop-login'], [$signed->timestamp, $signed->keyId]);
        self::assertNull($signed->body);
    }

    public function testTimeIsADateMillisecondsOrTheSystems(): void
    {
        $signer = new Signer('directa24-deposits', self::CREDENTIALS);
        $milliseconds = self::now()->getTimestamp() * 1000;
        self::assertSame('2026-01-02T03:04:05Z', $signer->sign('POST', '/', [], '', $milliseconds)->timestamp);
        $elsewhere = self::now()->setTimezone(new \DateTimeZone('Asia/Tokyo'));
        self::assertSame('2026-01-02T03:04:05Z', $signer->sign('POST', '/', [], '', $elsewhere)->timestamp);
        $system = new \DateTimeImmutable((string) $signer->sign('POST', '/')->timestamp);
        self::assertEqualsWithDelta(\time(), $system->getTimestamp(), 5);
        $this->expectExceptionObject(new ConfigurationException('invalid_option: ', Status::InvalidOption));
        $signer->sign('POST', '/', [], '', \PHP_INT_MAX);
    }

    /** Lengths take one, two or three bytes on their way into the library. */
    public function testHeadersOfEveryLength(): void
    {
        $keys = ['key_id' => 'k', 'secret' => 's'];
        $signer = new Signer('ingenico-v1hmac', $keys);
        foreach ([0, 1, 127, 128, 16383, 16384] as $length) {
            $value = \str_repeat('v', $length);
            $map = ['Content-Type' => 'text/plain', 'X-GCS-Text' => $value, 'Accept' => ['a', 'b']];
            $list = [['Content-Type', 'text/plain'], ['X-GCS-Text', $value], ['Accept', 'a'], ['Accept', 'b']];
            $signed = $signer->sign('POST', '/v1/x', $map, '', self::now());
            self::assertEquals($signed, $signer->sign('POST', '/v1/x', $list, '', self::now()));
            $text = Scheme::builtin('ingenico-v1hmac')
                ->explain(Flow::Request, $keys, 'POST', '/v1/x', [...$list, ...$signed->headers], '')->stringToSign;
            self::assertStringContainsString("x-gcs-text:$value\n", $text);
            $mac = \base64_encode(\hash_hmac('sha256', $text, 's', true));
            self::assertSame("GCS v1HMAC:k:$mac", $signed->header('Authorization'));
        }
    }

    public function testALargeBodyThatSigningChangesFitsTheBuffer(): void
    {
        $recipe = <<<'TOML'
            id = "member"
            name = "A member"
            [credentials]
            secret = {}
            [request]
            algorithm = "hmac-sha256"
            key = { credential = "secret" }
            encoding = "hex"
            message = [ { json = "amount" } ]
            field = [ { json = "signature", value = [ { signature = true } ] } ]
            TOML;
        $signer = new Signer(Scheme::fromToml($recipe, 'member.toml'), ['secret' => 's']);
        $body = '{"amount":"1","note":"' . \str_repeat('x', 300000) . '"}';
        $signed = $signer->sign('POST', '/', [], $body);
        $members = \json_decode((string) $signed->body, true, flags: \JSON_THROW_ON_ERROR);
        self::assertSame(\hash_hmac('sha256', '1', 's'), $members['signature']);
        self::assertSame(300000, \strlen($members['note']));
        self::assertSame(['signature' => $members['signature']], \json_decode((string) $signed->bodyMembers, true));
    }

    public function testKeyElsewhere(): void
    {
        $signer = new Signer('directa24-deposits', ['login' => 'shop-login'], keyElsewhere: true);
        $message = ['POST', '/v3/deposits', [], self::BODY, self::now()];
        $prepared = $signer->prepare(...$message);
        self::assertSame('hmac-sha256', $prepared->algorithm);
        self::assertSame('2026-01-02T03:04:05Zshop-login' . self::BODY, $prepared->stringToSign);
        $mac = \hash_hmac('sha256', $prepared->stringToSign, 'api-signature', true);
        self::assertSame('D24 ' . \bin2hex($mac), $signer->finish($mac, ...$message)->header('Authorization'));
    }

    public function testExplains(): void
    {
        $scheme = Scheme::builtin('directa24-deposits');
        $explained = $scheme->explain(Flow::Request, self::CREDENTIALS, 'POST', '/', [], 'x', self::now());
        self::assertSame('2026-01-02T03:04:05Zshop-loginx', $explained->stringToSign);
        self::assertSame(['part' => 'key id', 'start' => 20, 'end' => 30], $explained->parts[1]);
        self::assertStringContainsString("30..31     body           x\n", (string) $explained);
        self::assertStringEndsWith("\nNot covered: method; path; query; other headers.\n", (string) $explained);
        self::assertSame([[], 'all'], [$explained->nested, $explained->covered->body]);

        $aws = ['access_key_id' => 'AKIDEXAMPLE', 'secret_access_key' => 's', 'region' => 'eu-west-1', 'service' => 'execute-api'];
        $digested = Scheme::builtin('aws-sigv4')
            ->explain(Flow::Request, $aws, 'POST', '/a', ['Host' => 'api.example'], "\xff", self::now());
        $inputs = \array_column($digested->nested, 'bytes');
        self::assertContains("\xff", $inputs);
        self::assertCount(1, \preg_grep('~^POST\n/a\n~', $inputs) ?: []);
    }

    public function testCatalogueAndRecipes(): void
    {
        $ids = \array_column(Scheme::catalogue(), 'id');
        self::assertContains('directa24-deposits', $ids);
        $text = Scheme::recipe('directa24-deposits');
        $copy = Scheme::fromToml($text, 'copy.toml');
        self::assertSame(
            (new Signer('directa24-deposits', self::CREDENTIALS))->sign('POST', '/', [], 'x', self::now())->headers,
            (new Signer($copy, self::CREDENTIALS))->sign('POST', '/', [], 'x', self::now())->headers,
        );
    }

    /** @dataProvider mistakes */
    public function testMistakesAreNamed(Status $status, string $text, callable $do): void
    {
        try {
            $do();
            self::fail('accepted');
        } catch (PaysigException $failure) {
            self::assertSame($status, $failure->status);
            self::assertStringContainsString($text, $failure->getMessage());
            self::assertStringNotContainsString('api-signature', (string) $failure);
        }
    }

    public static function mistakes(): iterable
    {
        $make = static fn (array $values = self::CREDENTIALS) => new Signer('directa24-deposits', $values);
        yield [Status::UnknownScheme, 'unknown_scheme', static fn () => new Signer('no-such', self::CREDENTIALS)];
        yield [Status::InvalidRecipe, 'my.toml', static fn () => Scheme::fromToml("id = 3\n", 'my.toml')];
        yield [Status::InvalidCredentials, 'login', static fn () => $make(['secret' => 'api-signature'])];
        yield [Status::InvalidCredentials, 'secret is not a string', static fn () => $make(['login' => 'a', 'secret' => 7])];
        yield [Status::InvalidOption, 'not [name, value]', static fn () => $make()->sign('POST', '/', [['a']])];
        yield [Status::InvalidOption, 'header X', static fn () => $make()->sign('POST', '/', ['X' => 7])];
        yield [Status::UnsupportedFlow, 'unsupported_flow',
            static fn () => new Signer('directa24-deposits', self::CREDENTIALS, Flow::Response)];
        yield [Status::InvalidOption, 'loose',
            static fn () => new Signer('directa24-deposits', self::CREDENTIALS, variants: ['loose'])];
        yield [Status::InvalidMessage, 'invalid_message',
            static fn () => $make()->sign('POST', '/', ['X-Login' => "a\r\nb: c"])];
    }

    public function testSecretsStayInside(): void
    {
        $signer = new Signer('directa24-deposits', self::CREDENTIALS);
        self::assertStringNotContainsString('api-signature', \print_r($signer, true) . \var_export([1], true));
        self::assertStringNotContainsString('api-signature', \print_r(new \Paysig\Key(self::CREDENTIALS), true));
        // Arguments are in traces only where php.ini says so.
        $before = \ini_set('zend.exception_ignore_args', '0');
        try {
            new Signer('directa24-deposits', self::CREDENTIALS, Flow::Response);
            self::fail('accepted');
        } catch (ConfigurationException $failure) {
            self::assertStringNotContainsString('api-signature', \print_r($failure->getTrace()[0], true));
            self::assertStringContainsString('SensitiveParameterValue', $failure->getTraceAsString());
        } finally {
            \ini_set('zend.exception_ignore_args', (string) $before);
        }
        $this->expectException(\LogicException::class);
        \serialize($signer);
    }

    public function testACopySharesTheKeys(): void
    {
        $signer = new Signer('directa24-deposits', self::CREDENTIALS);
        $copy = clone $signer;
        unset($signer);
        self::assertSame('shop-login', $copy->sign('POST', '/')->keyId);
    }
}
