"""PayPal: RSA over four texts, one of them a CRC-32 of the body, under a certificate that the message only points at."""
import datetime
import json
import zlib

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.x509.oid import NameOID

from lib import VECTORS, Book, added, b64, b64url, message, twice, with_body, with_header, without
from public_keys import RSA, RSA_PRIVATE, RSA_PUBLIC

ME = "paypal.py"
AT = 1_700_000_000_000
TIME = "2023-11-14T22:13:20Z"
JSON_TYPE = ("Content-Type", "application/json")
WEBHOOK = "1JE4291016473214C"
URL = "https://api.paypal.com/v1/notifications/certs/CERT-360caa42-fca2a594-1d93a270"
BODY = '{"id":"WH-2WR32451HC0233532-67976317FL4543714","resource":{"amount":{"total":"10.50","note":"caf\u00e9 \u20ac"}}}'
CA_KEY = serialization.load_pem_private_key((VECTORS / "rsa1024-private.pem").read_bytes(), None)
# Of PayPal's sandbox, 2017 to 2019; public, as the SDK's test holds it.
OFFICIAL_CERTIFICATE = """-----BEGIN CERTIFICATE-----
MIIILDCCBxSgAwIBAgIQDEd6EXcAnHmtnx4u7tJZlTANBgkqhkiG9w0BAQsFADB1
MQswCQYDVQQGEwJVUzEVMBMGA1UEChMMRGlnaUNlcnQgSW5jMRkwFwYDVQQLExB3
d3cuZGlnaWNlcnQuY29tMTQwMgYDVQQDEytEaWdpQ2VydCBTSEEyIEV4dGVuZGVk
IFZhbGlkYXRpb24gU2VydmVyIENBMB4XDTE3MDIxODAwMDAwMFoXDTE5MDQyNjEy
MDAwMFowggElMR0wGwYDVQQPDBRQcml2YXRlIE9yZ2FuaXphdGlvbjETMBEGCysG
AQQBgjc8AgEDEwJVUzEZMBcGCysGAQQBgjc8AgECEwhEZWxhd2FyZTEQMA4GA1UE
BRMHMzAxNDI2NzEWMBQGA1UECRMNMjIxMSBOIDFzdCBTdDEOMAwGA1UEERMFOTUx
MzExCzAJBgNVBAYTAlVTMRMwEQYDVQQIEwpDYWxpZm9ybmlhMREwDwYDVQQHEwhT
YW4gSm9zZTEVMBMGA1UEChMMUGF5UGFsLCBJbmMuMRgwFgYDVQQLEw9QYXJ0bmVy
IFN1cHBvcnQxNDAyBgNVBAMTK21lc3NhZ2V2ZXJpZmljYXRpb25jZXJ0cy5zYW5k
Ym94LnBheXBhbC5jb20wggEiMA0GCSqGSIb3DQEBAQUAA4IBDwAwggEKAoIBAQDT
AsLQcHFGG0mvLNAlu3FJ/6QUr1EbUSBYnqF/oRbirzJRWbT3JWpFr2palaFNnfpC
wLB/KY+UX3xDLB5Ic38piG6FzRe1TiZcxhdIbOY21OvVVFatXfM62lzwX3RASpbV
A1cbCoDBSbgyplSPINVd8Gyf+qtJxbW7M6cVuZae1Nx0mA63SfNnRpBwOvYAUkCr
uCCjIVLqRuWbRzn0wvayVMWasw047rHhtFmaYBwJ1L4sn5NL+HDQ5wSMb1EE46v/
aGGdv7bcHhc4Re0C1pFW032MVb85eRD7OtvD2hZM2O5JwiwHMBXzxEjrIbGCA6be
3acmzYKxYLZHYt6KlQDBAgMBAAGjggQEMIIEADAfBgNVHSMEGDAWgBQ901Cl1qCt
7vNKYApl0yHU+PjWDzAdBgNVHQ4EFgQUgPw27mYvKgltHUaTXExjogwMhv8wNgYD
VR0RBC8wLYIrbWVzc2FnZXZlcmlmaWNhdGlvbmNlcnRzLnNhbmRib3gucGF5cGFs
LmNvbTAOBgNVHQ8BAf8EBAMCBaAwHQYDVR0lBBYwFAYIKwYBBQUHAwEGCCsGAQUF
BwMCMHUGA1UdHwRuMGwwNKAyoDCGLmh0dHA6Ly9jcmwzLmRpZ2ljZXJ0LmNvbS9z
aGEyLWV2LXNlcnZlci1nMS5jcmwwNKAyoDCGLmh0dHA6Ly9jcmw0LmRpZ2ljZXJ0
LmNvbS9zaGEyLWV2LXNlcnZlci1nMS5jcmwwSwYDVR0gBEQwQjA3BglghkgBhv1s
AgEwKjAoBggrBgEFBQcCARYcaHR0cHM6Ly93d3cuZGlnaWNlcnQuY29tL0NQUzAH
BgVngQwBATCBiAYIKwYBBQUHAQEEfDB6MCQGCCsGAQUFBzABhhhodHRwOi8vb2Nz
cC5kaWdpY2VydC5jb20wUgYIKwYBBQUHMAKGRmh0dHA6Ly9jYWNlcnRzLmRpZ2lj
ZXJ0LmNvbS9EaWdpQ2VydFNIQTJFeHRlbmRlZFZhbGlkYXRpb25TZXJ2ZXJDQS5j
cnQwDAYDVR0TAQH/BAIwADCCAfgGCisGAQQB1nkCBAIEggHoBIIB5AHiAHYApLkJ
kLQYWBSHuxOizGdwCjw1mAT5G9+443fNDsgN3BAAAAFaTqxLiAAABAMARzBFAiEA
pDFqvEjdtugwxjKvZqJ1Y1A1F1UX9EIvZL5Ar02YSe4CIBEf0EzZiic7u3IzI8BU
y0oFKh11VL1YIBAZfIj744o/AHYAVhQGmi/XwuzT9eG9RLI+x0Z2ubyZEVzA75SY
VdaJ0N0AAAFaTqxM2wAABAMARzBFAiEAn3lwWc95wltvaOnBaM09VQN9xhHHkwec
w5+tdHhSimgCIC1BaJ0RodgykU0ii2QzuzEoR8ci6qF+Pj6j1GE5wvU4AHcA7ku9
t3XOYLrhQmkfq+GeZqMPfl+wctiDAMR7iXqo/csAAAFaTqxOhwAABAMASDBGAiEA
/+kyQku3N/kwrubEfHSM4h20mZTvrAoRZovA5qwpVLICIQDyOQQu9r6kets5tO0b
YDXmaVWypOdS/ocseU11p5vBYAB3ALvZ37wfinG1k5Qjl6qSe0c4V5UKq1LoGpCW
ZDaOHtGFAAABWk6sTEUAAAQDAEgwRgIhALIDDduHsT0LymHxdrOWzzEaDLhVSl5i
vHAgWBcdl5AAAiEAgIYoXQHtSAiPyH4METNmAZAhiwo9uwTavdrjLsFJ2nowDQYJ
KoZIhvcNAQELBQADggEBAMxgCr0MTAbu7aE8ryfK3q8grN4rJOzBBzh8tSKYW4PU
FhAc6ZaW2/PNV+H8oYOP3nB28neglNjR/XZCyd7IRJoxSfwzUZhOBAzTFP0sp5Cu
GZN24j2SrxcKCaq3mszLmwgiRzuDUnRFdI2OHep6EcDelfURGz8w6eTaLw7m3FZr
gJSmmAOntirVZeVPLou74ykxWUm0kEi/OxNQWlgAlAHUcGZHpcupddK/dNRmCFSw
RBeiGwaLsz2SXYNvTs4it8cisAxTwBD1iqyXEKRSx6HpsmIOznwENimrR8Cz3jtz
QJmshPGmEbrpkKaJ7/DJO5EuMKFF6jYKjKiORugFKfU=
-----END CERTIFICATE-----
"""


def certificate(name, issuer, key, signer, alternative=True, ca=False, start=2023, end=2024, serial=7):
    make = lambda text: x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])
    builder = x509.CertificateBuilder().subject_name(make(name)).issuer_name(make(issuer)).public_key(key.public_key()).serial_number(serial)
    builder = builder.not_valid_before(datetime.datetime(start, 1, 1)).not_valid_after(datetime.datetime(end, 1, 1))
    builder = builder.add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    if alternative:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
    return builder.sign(signer, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


NAME = "messageverificationcerts.paypal.com"
LEAF = certificate(NAME, "Example CA", RSA, CA_KEY)
CA = certificate("Example CA", "Example CA", CA_KEY, CA_KEY, alternative=False, ca=True, start=2020, end=2040)
NO_CA = certificate("Example CA", "Example CA", CA_KEY, CA_KEY, alternative=False, start=2020, end=2040)
OTHER_CA = certificate("Example CA", "Example CA", RSA, RSA, alternative=False, ca=True, start=2020, end=2040)


def paypal():
    book = Book(ME, "paypal", "webhook")
    ours = {"webhook_id": WEBHOOK, "private_key": RSA_PRIVATE, "cert_url": URL}
    theirs = {"webhook_id": WEBHOOK, "certificate": LEAF + CA, "cert_url": URL}
    nonce = "69cd13f0-d67a-11e5-baa3-778b53f4ae55"

    def headers(body, url=URL, webhook=WEBHOOK, time=TIME):
        text = "%s|%s|%s|%d" % (nonce, time, webhook, zlib.crc32(body.encode()))
        return text, [("Paypal-Transmission-Id", nonce), ("Paypal-Transmission-Time", time), ("Paypal-Cert-Url", url), ("Paypal-Auth-Algo", "SHA256withRSA"),
                      ("Paypal-Transmission-Sig", b64(RSA.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())))]

    for name, body in {"json": BODY, "empty": "", "line-ends": "a\r\nb\n"}.items():
        text, made = headers(body)
        plain = message("POST", "/paypal", [JSON_TYPE], body)
        book.sign(name, plain, {"headers": made, "string_to_sign": text}, credentials=ours, now=AT, nonce=nonce)
        book.verify(name, added(plain, made), {"status": "ok", "key_id": URL, "timestamp": "2023-11-14T22:13:20.000Z"}, credentials=theirs, now=AT)
    good = added(message("POST", "/paypal", [JSON_TYPE], BODY), headers(BODY)[1])
    text = headers(BODY)[1][-1][1]
    other = certificate(NAME, "Example CA", CA_KEY, CA_KEY)
    book.refusals(good, "Paypal-Transmission-Sig", theirs, {**theirs, "certificate": other}, ["", "%%%", text[:-1]], now=AT)
    for name, changed in {"body": with_body(good, BODY + " "), "id": with_header(good, "Paypal-Transmission-Id", nonce[::-1]), "time": with_header(good, "Paypal-Transmission-Time", TIME.replace(":20Z", ":21Z"))}.items():
        book.verify("changed-" + name, changed, "signature_mismatch", credentials=theirs, now=AT)
    book.verify("other-webhook", good, "signature_mismatch", credentials={**theirs, "webhook_id": "8JE4291016473214C"}, now=AT)
    for header in ("Paypal-Transmission-Id", "Paypal-Transmission-Time", "Paypal-Auth-Algo", "Paypal-Cert-Url"):
        book.verify("no-" + header.lower()[7:], without(good, header), "missing_field", credentials=theirs, now=AT)
        book.verify("two-" + header.lower()[7:], twice(good, header), "duplicate_field", credentials=theirs, now=AT)
    for name in ("SHA1withRSA", "none", "sha256withrsa"):
        book.verify("algorithm-" + name, with_header(good, "Paypal-Auth-Algo", name), "unsupported_algorithm", credentials=theirs, now=AT)
    # PayPal repeats a delivery for three days and states no tolerance.
    book.time_edges(good, AT, 259_500, theirs)
    repeat = {"status": "ok", "timestamp": "2023-11-14T22:13:20.000Z"}
    book.verify("repeat-of-the-third-day", good, repeat, credentials=theirs, now=AT + 3 * 86_400_000)
    book.verify("repeat-of-the-second-day-under-a-shorter-tolerance", good, "timestamp_too_old", credentials=theirs, now=AT + 86_400_000, tolerance_seconds=300)
    # The address chooses among the certificates of the ring, and what may be fetched.
    ring = [{"credentials": {**theirs, "certificate": other, "cert_url": URL + "0"}}, {"credentials": theirs}]
    book.verify("by-address", good, {"status": "ok", "key_id": URL}, keys=ring, now=AT)
    book.verify("certificate-without-address", good, "ok", credentials={n: v for n, v in theirs.items() if n != "cert_url"}, now=AT)
    for name, url, expect in (
        ("unknown", URL + "1", "needs_key"), ("sandbox", "https://api.sandbox.paypal.com/v1/notifications/certs/CERT-1", "needs_key"),
        ("other-host", "https://evil.example/cert.pem", "content_rejected"), ("look-alike", "https://api.paypal.com.evil.example/c", "content_rejected"),
        ("suffix", "https://evilpaypal.com/c", "content_rejected"), ("user", "https://api.paypal.com@evil.example/c", "content_rejected"),
        ("http", "http://api.paypal.com/c", "content_rejected"), ("port", "https://api.paypal.com:8443/c", "content_rejected"),
        ("backslash", "https://evil.example\\.paypal.com/c", "content_rejected"), ("relative", "/c", "content_rejected"), ("file", "file:///etc/passwd", "content_rejected"),
    ):
        for ring_name, keys in {"": [{"credentials": theirs}], "-empty-ring": []}.items():
            book.verify("address-" + name + ring_name, with_header(good, "Paypal-Cert-Url", url), expect, keys=keys, now=AT)
    # What of a certificate is judged here.
    make = lambda **more: certificate(**{"name": NAME, "issuer": "Example CA", "key": RSA, "signer": CA_KEY, **more})
    for name, chain, expect in (
        ("alone", LEAF, "ok"), ("with-other-text", "subject=...\n" + LEAF + "\nissuer=...\n" + CA, "ok"), ("common-name-only", make(alternative=False), "ok"),
        ("sandbox-name", make(name="messageverificationcerts.sandbox.paypal.com"), "ok"), ("other-case", make(name=NAME.upper()), "ok"),
        ("other-name", make(name="www.paypal.com"), "invalid_credentials"), ("name-inside", make(name=NAME + ".evil.example"), "invalid_credentials"),
        ("wrong-order", CA + LEAF, "invalid_credentials"), ("issuer-not-ca", LEAF + NO_CA, "invalid_credentials"), ("other-issuer-key", LEAF + OTHER_CA, "invalid_credentials"),
        ("stranger-behind", LEAF + make(name="Stranger", ca=True), "invalid_credentials"), ("damaged", LEAF + CA.replace("-----END", "-----ENDE"), "invalid_credentials"),
        ("bare-key", RSA_PUBLIC, "invalid_credentials"), ("nine", LEAF + CA * 8, "invalid_credentials"), ("not-pem", "certificate", "invalid_credentials"),
        ("expired", make(start=2021, end=2022), "key_expired"), ("not-yet", make(start=2024, end=2025), "key_not_yet_valid"),
        ("ca-expired", LEAF + certificate("Example CA", "Example CA", CA_KEY, CA_KEY, alternative=False, ca=True, start=2020, end=2021), "key_expired"),
    ):
        book.verify("certificate-" + name, good, expect, credentials={**theirs, "certificate": chain}, now=AT)
    # A text that names another key beside the certificate: that of the certificate counts.
    numbers = CA_KEY.public_key().public_numbers()
    jwk = json.dumps({"kty": "RSA", "n": b64url(numbers.n.to_bytes(128, "big")), "e": b64url(numbers.e.to_bytes(3, "big")), "c": LEAF})
    strangers = b64(CA_KEY.sign(headers(BODY)[0].encode(), padding.PKCS1v15(), hashes.SHA256()))
    both = {**theirs, "certificate": jwk}
    book.verify("certificate-in-a-jwk", good, "ok", credentials=both, now=AT)
    book.verify("certificate-in-a-jwk-of-a-stranger", with_header(good, "Paypal-Transmission-Sig", strangers), "signature_mismatch", credentials=both, now=AT)
    book.verify("ring-narrows", good, "key_expired", keys=[{"credentials": theirs, "not_after": "2023-06-01T00:00:00Z"}], now=AT)
    official = {"id": "WH-2MW4820926242972J-6SG447389E205703U", "event_version": "1.0", "create_time": "2017-03-30T20:04:05.613Z", "resource_type": "plan", "event_type": "BILLING.PLAN.CREATED",
                "summary": "A billing plan was created", "resource": {"merchant_preferences": {"setup_fee": {"currency": "USD", "value": "1"},
                "return_url": "https://www.mta.org/wp-content/plugins/AMS/api/Paypal/paypal/rest-api-sdk-php/sample/billing/ExecuteAgreement.php?success=true",
                "cancel_url": "https://www.mta.org/wp-content/plugins/AMS/api/Paypal/paypal/rest-api-sdk-php/sample/billing/ExecuteAgreement.php?success=false", "auto_bill_amount": "YES",
                "initial_fail_amount_action": "CONTINUE", "max_fail_attempts": "0"}, "update_time": "2017-03-30T20:04:05.587Z", "create_time": "2017-03-30T20:04:05.587Z", "name": "T-Shirt of the Month Club Plan",
                "description": "Template creation.", "links": [{"href": "api.sandbox.paypal.com/v1/payments/billing-plans/P-2U911356NH683973BEDIWKUY", "rel": "self", "method": "GET"}],
                "payment_definitions": [{"name": "Regular Payments", "type": "REGULAR", "frequency": "Month", "frequency_interval": "2", "amount": {"currency": "USD", "value": "100"}, "cycles": "12",
                "charge_models": [{"type": "SHIPPING", "amount": {"currency": "USD", "value": "10"}, "id": "CHM-6H655806YS685182XEDIWKUY"}], "id": "PD-5N450756VM995270VEDIWKUY"}],
                "id": "P-2U911356NH683973BEDIWKUY", "state": "CREATED", "type": "FIXED"},
                "links": [{"href": "https://api.sandbox.paypal.com/v1/notifications/webhooks-events/WH-2MW4820926242972J-6SG447389E205703U", "rel": "self", "method": "GET"},
                {"href": "https://api.sandbox.paypal.com/v1/notifications/webhooks-events/WH-2MW4820926242972J-6SG447389E205703U/resend", "rel": "resend", "method": "POST"}]}
    made = [("PAYPAL-CERT-URL", "https://api.sandbox.paypal.com/v1/notifications/test"), ("PAYPAL-TRANSMISSION-ID", "071f7d20-1584-11e7-abf0-6b62a8a99ac4"),
            ("PAYPAL-TRANSMISSION-TIME", "2017-03-30T20:04:05Z"), ("PAYPAL-AUTH-ALGO", "SHA256withRSA"),
            ("PAYPAL-TRANSMISSION-SIG", "aBjgm5/xljRYu3G64Q0axISrP2xcy7WbW1u4UTCKnQvyprOZ1a1BBmqn2Jdr6ce8E76I3Ti/AL9y4VYSHyGSEaoE6dVQcCDebLbOXLH0fjTAbTc1/rmfdWmsk0DPltW84Y8W8jOHe3CLWDOwg5zmozyt+AceG2x5eOiw7mLSycaEoj/5RG+dOIWXnmWcLEArbG3VFshy0wuhZrKuGa9C/bD4Ku+Y9gK7Bv5I5IuGRVnTGpcFnVG0KxOyJxccLGyBVCIUMY5IZS7LkmJszQ3HZZFDTNihvgJHECSLwLhzUaysIye5G6CbbLdtAmeeb6wiDciEAvr2dFf+SplOR4Lrng==")]
    body = json.dumps(official, separators=(",", ":"))
    keys = {"webhook_id": "96605875FF6516633", "certificate": OFFICIAL_CERTIFICATE}
    at = {"now": 1_490_904_245_000, "source": "paypal/PayPal-Java-SDK, ValidateCertTest and testClientCert.crt"}
    whole = message("POST", "/", made, body)
    book.verify("official", whole, "ok", credentials=keys, **at)
    book.verify("official-other-webhook", whole, "signature_mismatch", credentials={**keys, "webhook_id": "NotToBeFound"}, **at)
    book.verify("official-other-body", with_body(whole, "{ something invalid }"), "signature_mismatch", credentials=keys, **at)
    book.verify("official-other-algorithm", with_header(whole, "PAYPAL-AUTH-ALGO", "NotToBeFound"), "unsupported_algorithm", credentials=keys, **at)
    return book


def books():
    return [paypal()]
