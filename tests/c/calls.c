/* What every function does when it is called as it should be. */
#include "check.h"

#define BODY "{\"amount\":\"1.50\"}"
#define SIGNATURE "cbed6bb7c253922ea3d04b87937ba3311cf31210d53b222dcfb80e21370967ed"

static char out[65536];
static size_t out_len;
static paysig_error error = PAYSIG_ERROR_INIT;

static paysig_scheme *scheme(const char *id) {
    paysig_scheme *made = NULL;
    STATUS(paysig_scheme_builtin(PAYSIG_TEXT(id), &made, &error), PAYSIG_OK);
    return made;
}

static void versions(void) {
    char number[16];
    unsigned code, names = 0;
    CHECK(paysig_abi_version() == PAYSIG_ABI_VERSION);
    CHECK(strcmp(paysig_version(), PAYSIG_VERSION_STRING) == 0);
    snprintf(number, sizeof number, "%d.%d.%d", PAYSIG_VERSION_MAJOR, PAYSIG_VERSION_MINOR, PAYSIG_VERSION_PATCH);
    CHECK(strcmp(number, PAYSIG_VERSION_STRING) == 0);
    CHECK(PAYSIG_VERSION_NUMBER ==
          (PAYSIG_VERSION_MAJOR << 16 | PAYSIG_VERSION_MINOR << 8 | PAYSIG_VERSION_PATCH));
    CHECK(strcmp(paysig_status_name(PAYSIG_TIMESTAMP_TOO_OLD), "timestamp_too_old") == 0);
    CHECK(strcmp(paysig_status_name(19), "unknown") == 0);
    for (code = 0; code < 300; code++) names += strcmp(paysig_status_name(code), "unknown") != 0;
    CHECK(names == 34);
    CHECK(paysig_status_http(PAYSIG_OK) == 200);
    CHECK(paysig_status_http(PAYSIG_SIGNATURE_MISMATCH) == 401);
    CHECK(paysig_status_http(PAYSIG_MALFORMED_SIGNATURE) == 400);
    CHECK(paysig_status_http(PAYSIG_TOO_LARGE) == 413);
    CHECK(paysig_status_http(PAYSIG_NEEDS_KEY) == 503);
    CHECK(paysig_status_http(PAYSIG_INTERNAL) == 500);
    CHECK(paysig_status_http(12345) == 500);
    CHECK(paysig_status_is_verdict(PAYSIG_OK) == 0);
    CHECK(paysig_status_is_verdict(PAYSIG_SIGNATURE_MISMATCH) == 1);
    CHECK(paysig_status_is_verdict(PAYSIG_REPLAYED) == 1);
    CHECK(paysig_status_is_verdict(PAYSIG_UNKNOWN_SCHEME) == 0);
}

static void schemes(void) {
    paysig_scheme *made = NULL;
    const char *toml;
    STATUS(paysig_catalogue(out, sizeof out, &out_len, &error), PAYSIG_OK);
    CHECK(out[0] == '[' && out[out_len - 1] == ']');
    out[out_len] = 0;
    CHECK(strstr(out, "\"id\":\"directa24-deposits\"") != NULL);
    STATUS(paysig_recipe(PAYSIG_TEXT("github"), out, sizeof out - 1, &out_len, &error), PAYSIG_OK);
    out[out_len] = 0;
    CHECK(strstr(out, "X-Hub-Signature-256") != NULL);
    STATUS(paysig_scheme_from_toml(PAYSIG_TEXT(out), PAYSIG_TEXT("mine.toml"), &made, &error), PAYSIG_OK);
    paysig_scheme_free(made);

    STATUS(paysig_scheme_builtin(PAYSIG_TEXT("gihtub"), &made, &error), PAYSIG_UNKNOWN_SCHEME);
    CHECK(made == NULL);
    CHECK(strstr(error.message, "github") != NULL);
    CHECK(error.status == PAYSIG_UNKNOWN_SCHEME && error.http == 500);
    STATUS(paysig_recipe(PAYSIG_TEXT("gihtub"), out, sizeof out, &out_len, &error), PAYSIG_UNKNOWN_SCHEME);
    toml = "id = \"x\"\nname = \"x\"\ncolour = 1\n";
    STATUS(paysig_scheme_from_toml(PAYSIG_TEXT(toml), PAYSIG_TEXT("mine.toml"), &made, &error), PAYSIG_INVALID_RECIPE);
    CHECK(strstr(error.message, "mine.toml") != NULL);
    CHECK(strstr(error.message, "colour") != NULL);
    paysig_scheme_free(NULL);
}

static paysig_signer *d24_signer(const char *option, const char *value) {
    paysig_scheme *d24 = scheme("directa24-deposits");
    paysig_signer *signer = NULL;
    PAYSIG_PAIRS(keys, 2, 64);
    PAYSIG_PAIRS(options, 1, 64);
    CHECK(paysig_pairs_add(&keys, "login", "shop-login") == 0);
    if (option == NULL) CHECK(paysig_pairs_add(&keys, "secret", "api-signature") == 0);
    if (option != NULL) CHECK(paysig_pairs_add(&options, option, value) == 0);
    STATUS(paysig_signer_new(d24, PAYSIG_REQUEST, PAYSIG_PASS(keys), PAYSIG_PASS(options), &signer, &error), PAYSIG_OK);
    paysig_pairs_wipe(&keys);
    paysig_scheme_free(d24);
    return signer;
}

static paysig_verifier *d24_verifier(const char *option, const char *value) {
    paysig_scheme *d24 = scheme("directa24-deposits");
    paysig_keyring *ring = NULL;
    paysig_verifier *verifier = NULL;
    PAYSIG_PAIRS(other, 2, 64);
    PAYSIG_PAIRS(keys, 2, 64);
    PAYSIG_PAIRS(options, 1, 64);
    paysig_pairs_add(&other, "login", "shop-login");
    paysig_pairs_add(&other, "secret", "last-year");
    paysig_pairs_add(&keys, "login", "shop-login");
    paysig_pairs_add(&keys, "secret", "api-signature");
    if (option != NULL) paysig_pairs_add(&options, option, value);
    STATUS(paysig_keyring_new(&ring, &error), PAYSIG_OK);
    STATUS(paysig_keyring_add(ring, PAYSIG_PASS(other), PAYSIG_TIME_NONE, NOW - 1, &error), PAYSIG_OK);
    STATUS(paysig_keyring_add(ring, PAYSIG_PASS(keys), NOW - 1, PAYSIG_TIME_NONE, &error), PAYSIG_OK);
    STATUS(paysig_verifier_new(d24, PAYSIG_REQUEST, ring, PAYSIG_PASS(options), &verifier, &error), PAYSIG_OK);
    paysig_keyring_free(ring);
    paysig_scheme_free(d24);
    return verifier;
}

static void check_signed(const paysig_signed *result) {
    paysig_header header;
    size_t at = 0, count = 0;
    CHECK(result->present == (PAYSIG_SIGNED_HEADERS | PAYSIG_SIGNED_TIMESTAMP | PAYSIG_SIGNED_KEY_ID));
    CHECK(result->struct_size == sizeof *result);
    CHECK(span_is(out, result->timestamp, "2026-01-02T03:04:05Z"));
    CHECK(span_is(out, result->key_id, "shop-login"));
    CHECK(span_is(out, result->headers,
                  "X-Date: 2026-01-02T03:04:05Z\r\nX-Login: shop-login\r\nAuthorization: D24 " SIGNATURE "\r\n"));
    while (paysig_next_header(out, result->headers, &at, &header)) {
        count++;
        if (count == 2) {
            CHECK(header.name_len == 7 && memcmp(header.name, "X-Login", 7) == 0);
            CHECK(header.value_len == 10 && memcmp(header.value, "shop-login", 10) == 0);
            CHECK(header.line_len == 19 && memcmp(header.line, "X-Login: shop-login", 19) == 0);
        }
    }
    CHECK(count == 3);
}

static void signing(void) {
    paysig_signer *signer = d24_signer(NULL, NULL);
    paysig_message message = paysig_message_of("POST", "/v3/deposits", NULL, PAYSIG_TEXT(BODY));
    paysig_signed result = PAYSIG_SIGNED_INIT;
    PAYSIG_PAIRS(options, 2, 64);
    STATUS(paysig_sign(signer, PAYSIG_PASS_MESSAGE(message), NOW, PAYSIG_NO_PAIRS, out, sizeof out, &out_len, &result,
                       &error),
           PAYSIG_OK);
    check_signed(&result);

    /* "" is no nonce; a text is used where the scheme has a place for one. */
    paysig_pairs_add(&options, "nonce", "");
    STATUS(paysig_sign(signer, PAYSIG_PASS_MESSAGE(message), NOW, PAYSIG_PASS(options), out, sizeof out, &out_len,
                       &result, &error),
           PAYSIG_OK);
    check_signed(&result);
    paysig_pairs_wipe(&options);
    paysig_pairs_add(&options, "nonce", "order-17");
    STATUS(paysig_sign(signer, PAYSIG_PASS_MESSAGE(message), NOW, PAYSIG_PASS(options), out, sizeof out, &out_len,
                       &result, &error),
           PAYSIG_OK);
    CHECK(span_is(out, result.nonce, "order-17"));
    CHECK((result.present & PAYSIG_SIGNED_NONCE) != 0);

    STATUS(paysig_sign(signer, PAYSIG_PASS_MESSAGE(message), PAYSIG_TIME_NONE, PAYSIG_NO_PAIRS, out, sizeof out,
                       &out_len, &result, &error),
           PAYSIG_INVALID_OPTION);
    STATUS(paysig_sign(signer, PAYSIG_PASS_MESSAGE(message), PAYSIG_NOW_SYSTEM, PAYSIG_NO_PAIRS, out, sizeof out,
                       &out_len, &result, &error),
           PAYSIG_OK);
    paysig_signer_free(signer);
}

/* A header, a value in the query and a member of the body come back from one call. */
static void placements(void) {
    static const char toml[] =
        "id = \"mine\"\nname = \"Mine\"\n"
        "[credentials]\nkey_id = { public = true }\nsecret = {}\n"
        "[request]\nalgorithm = \"hmac-sha256\"\nencoding = \"hex\"\n"
        "key_id = { credential = \"key_id\" }\nkey = { credential = \"secret\" }\n"
        "timestamp = { format = \"unix\", tolerance = 300 }\n"
        "message = [ { method = true }, \"|\", { timestamp = true }, \"|\", { json = \"amount\" } ]\n"
        "field = [\n"
        "  { header = \"X-Signature\", value = [ { signature = true } ] },\n"
        "  { query_field = \"key\", value = [ { key_id = true } ] },\n"
        "  { json = \"time\", value = [ { timestamp = true } ] },\n"
        "]\n";
    /* printf 'POST|1767323045|1.50' | openssl dgst -sha256 -hmac s3cret */
    static const char mac[] = "d62e062f8b57ce31fb03bfccf51365e74c39dba4dab07284ab84cbc0a42b892d";
    paysig_scheme *mine = NULL;
    paysig_signer *signer = NULL;
    paysig_signed result = PAYSIG_SIGNED_INIT;
    paysig_message message =
        paysig_message_of("POST", "/pay?a=1", NULL, PAYSIG_TEXT("{\"amount\":1.50}"));
    char wanted[256];
    PAYSIG_PAIRS(keys, 2, 64);
    paysig_pairs_add(&keys, "key_id", "k1");
    paysig_pairs_add(&keys, "secret", "s3cret");
    message.url = "https://shop.example/pay?a=1";
    message.url_len = strlen(message.url);
    STATUS(paysig_scheme_from_toml(PAYSIG_TEXT(toml), NULL, 0, &mine, &error), PAYSIG_OK);
    if (mine == NULL) printf("%s\n", error.message);
    STATUS(paysig_signer_new(mine, PAYSIG_REQUEST, PAYSIG_PASS(keys), PAYSIG_NO_PAIRS, &signer, &error), PAYSIG_OK);
    STATUS(paysig_sign(signer, PAYSIG_PASS_MESSAGE(message), NOW, PAYSIG_NO_PAIRS, out, sizeof out, &out_len, &result,
                       &error),
           PAYSIG_OK);
    CHECK(result.present == (PAYSIG_SIGNED_HEADERS | PAYSIG_SIGNED_TARGET | PAYSIG_SIGNED_URL | PAYSIG_SIGNED_BODY |
                             PAYSIG_SIGNED_BODY_MEMBERS | PAYSIG_SIGNED_TIMESTAMP | PAYSIG_SIGNED_KEY_ID));
    snprintf(wanted, sizeof wanted, "X-Signature: %s\r\n", mac);
    CHECK(span_is(out, result.headers, wanted));
    CHECK(span_is(out, result.target, "/pay?a=1&key=k1"));
    CHECK(span_is(out, result.url, "https://shop.example/pay?a=1&key=k1"));
    CHECK(span_is(out, result.body, "{\"amount\":1.50,\"time\":\"1767323045\"}"));
    CHECK(span_is(out, result.body_members, "{\"time\":\"1767323045\"}"));
    paysig_signer_free(signer);
    paysig_scheme_free(mine);
}

static void two_halves(void) {
    static const unsigned char raw[32] = {0xcb, 0xed, 0x6b, 0xb7, 0xc2, 0x53, 0x92, 0x2e, 0xa3, 0xd0, 0x4b,
                                          0x87, 0x93, 0x7b, 0xa3, 0x31, 0x1c, 0xf3, 0x12, 0x10, 0xd5, 0x3b,
                                          0x22, 0x2d, 0xcf, 0xb8, 0x0e, 0x21, 0x37, 0x09, 0x67, 0xed};
    paysig_signer *signer = d24_signer("key", "elsewhere");
    paysig_message message = paysig_message_of("POST", "/v3/deposits", NULL, PAYSIG_TEXT(BODY));
    paysig_prepared prepared = PAYSIG_PREPARED_INIT;
    paysig_signed result = PAYSIG_SIGNED_INIT;
    STATUS(paysig_prepare(signer, PAYSIG_PASS_MESSAGE(message), NOW, PAYSIG_NO_PAIRS, out, sizeof out, &out_len,
                          &prepared, &error),
           PAYSIG_OK);
    CHECK(span_is(out, prepared.string_to_sign, "2026-01-02T03:04:05Zshop-login" BODY));
    CHECK(span_is(out, prepared.algorithm, "hmac-sha256"));
    STATUS(paysig_finish(signer, raw, sizeof raw, PAYSIG_PASS_MESSAGE(message), NOW, PAYSIG_NO_PAIRS, out, sizeof out,
                         &out_len, &result, &error),
           PAYSIG_OK);
    check_signed(&result);
    STATUS(paysig_prepare(signer, PAYSIG_PASS_MESSAGE(message), PAYSIG_NOW_SYSTEM, PAYSIG_NO_PAIRS, out, sizeof out,
                          &out_len, &prepared, &error),
           PAYSIG_INVALID_OPTION);
    STATUS(paysig_finish(signer, raw, 0, PAYSIG_PASS_MESSAGE(message), NOW, PAYSIG_NO_PAIRS, out, sizeof out, &out_len,
                         &result, &error),
           PAYSIG_INVALID_OPTION);
    paysig_signer_free(signer);
}

static void d24_headers(paysig_pairs *headers) {
    paysig_pairs_add(headers, "X-Date", "2026-01-02T03:04:05Z");
    paysig_pairs_add(headers, "x-login", "shop-login");
    paysig_pairs_add(headers, "Authorization", "D24 " SIGNATURE);
}

#define WANT_ALL (PAYSIG_WANT_REPLAY_KEY | PAYSIG_WANT_COVERED | PAYSIG_WANT_SIGNED_JSON)

static void check_verified(const paysig_verified *result, uint32_t present) {
    CHECK(result->present == present);
    CHECK(result->timestamp_ms == NOW && result->items == 1 && result->key_index == 1);
    CHECK(span_is(out, result->key_id, "shop-login"));
    if ((present & PAYSIG_VERIFIED_REPLAY_KEY) != 0) CHECK(result->replay_key.length == 64);
    CHECK((result->covers & PAYSIG_COVERS_BODY) != 0);
    CHECK((result->covers & PAYSIG_COVERS_PATH) == 0);
    CHECK(span_is(out, result->covered,
                  "{\"method\":false,\"path\":false,\"query\":false,\"headers\":[\"x-date\",\"x-login\"],\"body\":"
                  "\"all\"}"));
}

static void verifying(void) {
    paysig_verifier *verifier = d24_verifier(NULL, NULL), *strict = d24_verifier("tolerance", "1"), *other = NULL;
    paysig_keyring *ring = NULL;
    paysig_verified result = PAYSIG_VERIFIED_INIT;
    paysig_message message;
    PAYSIG_PAIRS(headers, 3, 256);
    PAYSIG_PAIRS(keys, 2, 64);
    uint32_t present = PAYSIG_VERIFIED_TIMESTAMP | PAYSIG_VERIFIED_KEY_ID | PAYSIG_VERIFIED_REPLAY_KEY |
                       PAYSIG_VERIFIED_COVERED;
    d24_headers(&headers);
    message = paysig_message_of("POST", "/v3/deposits", &headers, PAYSIG_TEXT(BODY));
    STATUS(paysig_verify(verifier, PAYSIG_PASS_MESSAGE(message), NOW, WANT_ALL, out, sizeof out, &out_len, &result,
                         &error),
           PAYSIG_OK);
    check_verified(&result, present);
    STATUS(paysig_verify(verifier, PAYSIG_PASS_MESSAGE(message), NOW, 0, NULL, 0, NULL, NULL, NULL), PAYSIG_OK);
    STATUS(paysig_verify(strict, PAYSIG_PASS_MESSAGE(message), NOW + 2000, 0, NULL, 0, NULL, NULL, NULL),
           PAYSIG_TIMESTAMP_TOO_OLD);
    STATUS(paysig_verify(verifier, PAYSIG_PASS_MESSAGE(message), PAYSIG_NOW_SYSTEM, 0, NULL, 0, NULL, NULL, NULL),
           PAYSIG_TIMESTAMP_TOO_OLD);
    message.body_len--;
    STATUS(paysig_verify(verifier, PAYSIG_PASS_MESSAGE(message), NOW, WANT_ALL, out, sizeof out, &out_len, &result,
                         &error),
           PAYSIG_SIGNATURE_MISMATCH);
    CHECK(error.status == PAYSIG_SIGNATURE_MISMATCH && error.http == 401);
    CHECK(strstr(error.message, "cbed6bb7") == NULL);
    message.body_len++;

    /* From the tolerance of 5 s before to 5 s after. */
    CHECK(paysig_verifier_retention(verifier) == 11 && paysig_verifier_retention(NULL) == 0);

    /* Another ring: the old key alone refuses. */
    paysig_pairs_add(&keys, "login", "shop-login");
    paysig_pairs_add(&keys, "secret", "last-year");
    STATUS(paysig_keyring_new(&ring, &error), PAYSIG_OK);
    STATUS(paysig_verifier_with_keys(verifier, ring, &other, &error), PAYSIG_INVALID_CREDENTIALS);
    STATUS(paysig_keyring_add(ring, PAYSIG_PASS(keys), PAYSIG_TIME_NONE, PAYSIG_TIME_NONE, &error), PAYSIG_OK);
    STATUS(paysig_keyring_add(ring, PAYSIG_PASS(keys), 2, 1, &error), PAYSIG_INVALID_OPTION);
    STATUS(paysig_verifier_with_keys(verifier, ring, &other, &error), PAYSIG_OK);
    STATUS(paysig_verify(other, PAYSIG_PASS_MESSAGE(message), NOW, 0, NULL, 0, NULL, NULL, &error),
           PAYSIG_SIGNATURE_MISMATCH);
    paysig_verifier_free(other);
    paysig_keyring_free(ring);
    paysig_verifier_free(strict);
    paysig_verifier_free(verifier);
}

/* A verifier without keys: every message waits for one. */
static paysig_verifier *truelayer_verifier(const paysig_scheme *truelayer) {
    paysig_keyring *ring = NULL;
    paysig_verifier *verifier = NULL;
    STATUS(paysig_keyring_new(&ring, &error), PAYSIG_OK);
    STATUS(paysig_verifier_new(truelayer, PAYSIG_WEBHOOK, ring, PAYSIG_NO_PAIRS, &verifier, &error), PAYSIG_OK);
    paysig_keyring_free(ring);
    return verifier;
}

static paysig_message truelayer_message(void) {
    /* {"alg":"ES512","kid":"key-7","tl_version":"2","tl_headers":"X-Tl-Webhook-Timestamp","jku":"https://webhooks...."} */
    static const char header[] =
        "eyJhbGciOiJFUzUxMiIsImtpZCI6ImtleS03IiwidGxfdmVyc2lvbiI6IjIiLCJ0bF9oZWFkZXJzIjoiWC1UbC1XZW"
        "Job29rLVRpbWVzdGFtcCIsImprdSI6Imh0dHBzOi8vd2ViaG9va3MudHJ1ZWxheWVyLmNvbS8ud2VsbC1rbm93bi9q"
        "d2tzIn0";
    static char signature[sizeof header + 2 + 176], bytes[1024];
    static uint32_t lens[4];
    paysig_pairs headers = {bytes, 0, sizeof bytes, lens, 0, 4};
    memset(signature, 'A', sizeof signature);
    memcpy(signature, header, sizeof header - 1);
    memcpy(signature + sizeof header - 1, "..", 2);
    signature[sizeof header - 1 + 2 + 176] = 0;
    paysig_pairs_add(&headers, "X-Tl-Webhook-Timestamp", "2026-01-02T03:04:05Z");
    paysig_pairs_add(&headers, "Tl-Signature", signature);
    return paysig_message_of("POST", "/hook", &headers, PAYSIG_TEXT("{}"));
}

/* The one failure with a result: which key to fetch before the message can be judged. */
static void needed_keys(void) {
    paysig_scheme *truelayer = scheme("truelayer");
    paysig_verifier *verifier = truelayer_verifier(truelayer);
    paysig_verified result = PAYSIG_VERIFIED_INIT;
    paysig_message message = truelayer_message();
    STATUS(paysig_verify(verifier, PAYSIG_PASS_MESSAGE(message), NOW, WANT_ALL, out, 2, &out_len, &result, &error),
           PAYSIG_BUFFER_TOO_SMALL);
    STATUS(paysig_verify(verifier, PAYSIG_PASS_MESSAGE(message), NOW, WANT_ALL, out, out_len, &out_len, &result, &error),
           PAYSIG_NEEDS_KEY);
    CHECK(error.http == 503);
    CHECK(result.present == (PAYSIG_VERIFIED_NEED_KEY_ID | PAYSIG_VERIFIED_NEED_KEY_URL));
    CHECK(span_is(out, result.need_key_id, "key-7"));
    CHECK(span_is(out, result.need_key_url, "https://webhooks.truelayer.com/.well-known/jwks"));
    STATUS(paysig_verify(verifier, PAYSIG_PASS_MESSAGE(message), NOW, 0, NULL, 0, NULL, NULL, NULL), PAYSIG_NEEDS_KEY);
    paysig_verifier_free(verifier);
    paysig_scheme_free(truelayer);
}

/* A check without signature, one with, a message that is none, and one whose key must be fetched. */
static void endpoint_checks(void) {
    static const char challenge[] = "{\"type\":\"url_verification\",\"challenge\":\"3eZb\"}";
    static const char more[] = "\n[[webhook.handshake]]\nabout = \"check\"\nwhen = { method = \"POST\" }\nsigned = true\n"
                               "content_type = \"text/plain\"\nanswer = \"hello\"\n";
    paysig_scheme *ingenico = scheme("ingenico-v1hmac"), *slack = scheme("slack"), *mine = NULL;
    paysig_keyring *ring = NULL, *secrets = NULL;
    paysig_verifier *verifier = NULL;
    paysig_signer *signer = NULL;
    paysig_answer result = PAYSIG_ANSWER_INIT;
    paysig_signed added = PAYSIG_SIGNED_INIT;
    paysig_header header;
    paysig_message message;
    size_t at = 0;
    PAYSIG_PAIRS(keys, 2, 64);
    PAYSIG_PAIRS(headers, 3, 256);
    PAYSIG_PAIRS(secret, 1, 64);

    paysig_pairs_add(&keys, "key_id", "k");
    paysig_pairs_add(&keys, "secret", "s");
    STATUS(paysig_keyring_new(&ring, &error), PAYSIG_OK);
    STATUS(paysig_keyring_add(ring, PAYSIG_PASS(keys), PAYSIG_TIME_NONE, PAYSIG_TIME_NONE, &error), PAYSIG_OK);
    STATUS(paysig_verifier_new(ingenico, PAYSIG_WEBHOOK, ring, PAYSIG_NO_PAIRS, &verifier, &error), PAYSIG_OK);
    paysig_pairs_add(&headers, "X-GCS-Webhooks-Endpoint-Verification", "a1b2<c>");
    message = paysig_message_of("GET", "/hook", &headers, NULL, 0);
    STATUS(paysig_handshake(verifier, PAYSIG_PASS_MESSAGE(message), PAYSIG_NOW_SYSTEM, out, 16, &out_len, &result, &error),
           PAYSIG_BUFFER_TOO_SMALL);
    CHECK(out_len == 17 && result.present == 0);
    STATUS(paysig_handshake(verifier, PAYSIG_PASS_MESSAGE(message), PAYSIG_NOW_SYSTEM, out, out_len, &out_len, &result,
                            &error),
           PAYSIG_OK);
    CHECK(result.present == PAYSIG_ANSWER_BODY);
    CHECK(span_is(out, result.content_type, "text/plain") && span_is(out, result.body, "a1b2<c>"));
    message.method = "POST";
    message.method_len = 4;
    STATUS(paysig_handshake(verifier, PAYSIG_PASS_MESSAGE(message), PAYSIG_NOW_SYSTEM, NULL, 0, &out_len, &result, &error),
           PAYSIG_OK);
    CHECK(result.present == 0 && result.body.length == 0 && out_len == 0);
    paysig_verifier_free(verifier);
    paysig_keyring_free(ring);

    paysig_pairs_add(&secret, "signing_secret", "s");
    STATUS(paysig_keyring_new(&secrets, &error), PAYSIG_OK);
    STATUS(paysig_keyring_add(secrets, PAYSIG_PASS(secret), PAYSIG_TIME_NONE, PAYSIG_TIME_NONE, &error), PAYSIG_OK);
    STATUS(paysig_verifier_new(slack, PAYSIG_WEBHOOK, secrets, PAYSIG_NO_PAIRS, &verifier, &error), PAYSIG_OK);
    STATUS(paysig_signer_new(slack, PAYSIG_WEBHOOK, PAYSIG_PASS(secret), PAYSIG_NO_PAIRS, &signer, &error), PAYSIG_OK);
    paysig_pairs_wipe(&headers);
    message = paysig_message_of("POST", "/hook", NULL, PAYSIG_TEXT(challenge));
    STATUS(paysig_sign(signer, PAYSIG_PASS_MESSAGE(message), NOW, PAYSIG_NO_PAIRS, out, sizeof out, &out_len, &added, &error),
           PAYSIG_OK);
    while (paysig_next_header(out, added.headers, &at, &header))
        paysig_pairs_add_bytes(&headers, header.name, header.name_len, header.value, header.value_len);
    message = paysig_message_of("POST", "/hook", &headers, PAYSIG_TEXT(challenge));
    STATUS(paysig_handshake(verifier, PAYSIG_PASS_MESSAGE(message), NOW, out, sizeof out, &out_len, &result, &error), PAYSIG_OK);
    CHECK(result.present == (PAYSIG_ANSWER_BODY | PAYSIG_ANSWER_VERIFIED));
    CHECK(span_is(out, result.body, "3eZb"));
    STATUS(paysig_handshake(verifier, PAYSIG_PASS_MESSAGE(message), NOW + 600000, out, sizeof out, &out_len, &result, &error),
           PAYSIG_TIMESTAMP_TOO_OLD);
    /* No JSON, so no check: it is verify that refuses it. */
    message.body_len--;
    STATUS(paysig_handshake(verifier, PAYSIG_PASS_MESSAGE(message), NOW, out, sizeof out, &out_len, &result, &error), PAYSIG_OK);
    CHECK(result.present == 0);
    paysig_verifier_free(verifier);
    paysig_signer_free(signer);
    paysig_keyring_free(secrets);

    STATUS(paysig_recipe(PAYSIG_TEXT("truelayer"), out, sizeof out - sizeof more, &out_len, &error), PAYSIG_OK);
    memcpy(out + out_len, more, sizeof more);
    STATUS(paysig_scheme_from_toml(PAYSIG_TEXT(out), PAYSIG_TEXT("mine.toml"), &mine, &error), PAYSIG_OK);
    verifier = truelayer_verifier(mine);
    message = truelayer_message();
    STATUS(paysig_handshake(verifier, PAYSIG_PASS_MESSAGE(message), NOW, out, 2, &out_len, &result, &error),
           PAYSIG_BUFFER_TOO_SMALL);
    STATUS(paysig_handshake(verifier, PAYSIG_PASS_MESSAGE(message), NOW, out, out_len, &out_len, &result, &error),
           PAYSIG_NEEDS_KEY);
    CHECK(result.present == (PAYSIG_ANSWER_NEED_KEY_ID | PAYSIG_ANSWER_NEED_KEY_URL));
    CHECK(span_is(out, result.need_key_id, "key-7"));
    CHECK(span_is(out, result.need_key_url, "https://webhooks.truelayer.com/.well-known/jwks"));
    paysig_verifier_free(verifier);
    paysig_scheme_free(mine);
    paysig_scheme_free(slack);
    paysig_scheme_free(ingenico);
}

static void explaining(void) {
    paysig_scheme *d24 = scheme("directa24-deposits");
    paysig_keyring *ring = NULL;
    paysig_message message = paysig_message_of("POST", "/v3/deposits", NULL, PAYSIG_TEXT("{}"));
    PAYSIG_PAIRS(keys, 2, 64);
    paysig_pairs_add(&keys, "login", "shop-login");
    paysig_pairs_add(&keys, "secret", "api-signature");
    STATUS(paysig_keyring_new(&ring, &error), PAYSIG_OK);
    STATUS(paysig_keyring_add(ring, PAYSIG_PASS(keys), PAYSIG_TIME_NONE, PAYSIG_TIME_NONE, &error), PAYSIG_OK);
    STATUS(paysig_explain(d24, PAYSIG_REQUEST, ring, PAYSIG_PASS_MESSAGE(message), NOW, PAYSIG_NO_PAIRS, out,
                          sizeof out - 1, &out_len, &error),
           PAYSIG_OK);
    out[out_len] = 0;
    CHECK(strstr(out, "{\"string_to_sign\":\"2026-01-02T03:04:05Zshop-login{}\",\"parts\":[{\"part\":") == out);
    CHECK(strstr(out, "\"nested\":[],\"covered\":{\"method\":false,") != NULL);
    CHECK(strstr(out, "api-signature") == NULL);
    paysig_keyring_free(ring);
    paysig_scheme_free(d24);
}

/* A message signed with a key of another place, and one whose body was written anew on its way. */
static void diagnosing(void) {
    paysig_scheme *d24 = scheme("directa24-deposits");
    paysig_keyring *ring = NULL, *others = NULL;
    paysig_message message;
    PAYSIG_PAIRS(headers, 3, 256);
    PAYSIG_PAIRS(keys, 2, 64);
    PAYSIG_PAIRS(other, 2, 64);
    PAYSIG_PAIRS(options, 2, 64);
    paysig_pairs_add(&keys, "login", "shop-login");
    paysig_pairs_add(&keys, "secret", "last-year");
    paysig_pairs_add(&other, "login", "shop-login");
    paysig_pairs_add(&other, "secret", "api-signature");
    d24_headers(&headers);
    message = paysig_message_of("POST", "/v3/deposits", &headers, PAYSIG_TEXT(BODY));
    STATUS(paysig_keyring_new(&ring, &error), PAYSIG_OK);
    STATUS(paysig_keyring_new(&others, &error), PAYSIG_OK);
    STATUS(paysig_keyring_add(ring, PAYSIG_PASS(keys), PAYSIG_TIME_NONE, PAYSIG_TIME_NONE, &error), PAYSIG_OK);
    STATUS(paysig_keyring_add(others, PAYSIG_PASS(other), PAYSIG_TIME_NONE, PAYSIG_TIME_NONE, &error), PAYSIG_OK);
    STATUS(paysig_diagnose(d24, PAYSIG_REQUEST, ring, others, PAYSIG_PASS_MESSAGE(message), NOW, PAYSIG_NO_PAIRS, out,
                           sizeof out - 1, &out_len, &error),
           PAYSIG_OK);
    out[out_len] = 0;
    CHECK(strstr(out, "{\"verdict\":\"signature_mismatch\",\"findings\":[{\"id\":\"other-known-key\",\"cause\":\"") == out);
    CHECK(strstr(out, "api-signature") == NULL && strstr(out, "last-year") == NULL && strstr(out, SIGNATURE) == NULL);

    message.body = "{\"amount\": \"1.50\"}";
    message.body_len = strlen("{\"amount\": \"1.50\"}");
    STATUS(paysig_diagnose(d24, PAYSIG_REQUEST, others, NULL, PAYSIG_PASS_MESSAGE(message), NOW, PAYSIG_NO_PAIRS, out,
                           sizeof out - 1, &out_len, &error),
           PAYSIG_OK);
    out[out_len] = 0;
    CHECK(strstr(out, "\"id\":\"body-json-spaced\"") != NULL && strstr(out, "\"remedies\":{") != NULL);

    /* Authentic, but for the clock; and what options do. */
    message.body = BODY;
    message.body_len = strlen(BODY);
    STATUS(paysig_diagnose(d24, PAYSIG_REQUEST, others, NULL, PAYSIG_PASS_MESSAGE(message), NOW + 60000, PAYSIG_NO_PAIRS,
                           out, sizeof out - 1, &out_len, &error),
           PAYSIG_OK);
    out[out_len] = 0;
    CHECK(strstr(out, "{\"verdict\":\"timestamp_too_old\",") == out);
    paysig_pairs_add(&options, "tolerance", "60");
    STATUS(paysig_diagnose(d24, PAYSIG_REQUEST, others, NULL, PAYSIG_PASS_MESSAGE(message), NOW + 60000,
                           PAYSIG_PASS(options), out, sizeof out - 1, &out_len, &error),
           PAYSIG_OK);
    out[out_len] = 0;
    CHECK(strstr(out, "{\"verdict\":\"ok\",\"findings\":[],") == out);
    paysig_pairs_add(&options, "variant", "no-such");
    STATUS(paysig_diagnose(d24, PAYSIG_REQUEST, others, NULL, PAYSIG_PASS_MESSAGE(message), NOW, PAYSIG_PASS(options), out,
                           sizeof out, &out_len, &error),
           PAYSIG_INVALID_OPTION);
    STATUS(paysig_diagnose(d24, PAYSIG_REQUEST, others, NULL, PAYSIG_PASS_MESSAGE(message), PAYSIG_TIME_NONE,
                           PAYSIG_NO_PAIRS, out, sizeof out, &out_len, &error),
           PAYSIG_INVALID_OPTION);
    paysig_keyring_free(others);
    paysig_keyring_free(ring);
    paysig_scheme_free(d24);
}

static void linting(void) {
    static const char toml[] = "id = \"mine\"\nname = \"Mine\"\n[credentials]\nsecret = {}\n[webhook]\n"
                               "algorithm = \"hmac-sha256\"\nencoding = \"hex\"\nkey = { credential = \"secret\" }\n"
                               "message = [ { header = \"x-order\" } ]\n"
                               "field = [ { header = \"X-Signature\", value = [ { signature = true } ] } ]\n";
    paysig_scheme *mine = NULL;
    STATUS(paysig_scheme_from_toml(PAYSIG_TEXT(toml), NULL, 0, &mine, &error), PAYSIG_OK);
    STATUS(paysig_lint(mine, out, sizeof out - 1, &out_len, &error), PAYSIG_OK);
    out[out_len] = 0;
    CHECK(strstr(out, "[{\"scheme\":\"mine\",\"flow\":\"webhook\",\"line\":") == out);
    CHECK(strstr(out, "\"id\":\"unsigned-body\"") != NULL && strstr(out, "\"acknowledged\":null") != NULL);
    paysig_scheme_free(mine);
}

/* The same recipe, message and text stand in the tests of every language. */
static void words(void) {
    static const char toml[] =
        "id = \"mine\"\nname = \"Mine\"\n[credentials]\nsecret = {}\n[webhook]\n"
        "algorithm = \"hmac-sha256\"\nencoding = \"hex\"\nkey = { credential = \"secret\" }\n"
        "message = [ { header = \"x-order\" }, \"\\n\", { json = \"amount.value\" }, \"\\n\", { json = \"currency\" } ]\n"
        "field = [ { header = \"X-Signature\", value = [ { signature = true } ] } ]\n";
    static const char said[] = "Covered: headers x-order; body members amount.value, currency.\n"
                               "Not covered: method; path; query; other headers; the rest of the body.\n"
                               "Signed fields: amount.value = 1.50; currency = \"EUR\".";
    paysig_scheme *mine = NULL;
    paysig_keyring *ring = NULL;
    paysig_verifier *verifier = NULL;
    paysig_verified result = PAYSIG_VERIFIED_INIT;
    paysig_message message;
    char text[512];
    size_t length, all = sizeof said - 1;
    PAYSIG_PAIRS(keys, 1, 16);
    PAYSIG_PAIRS(headers, 2, 128);
    paysig_pairs_add(&keys, "secret", "s");
    paysig_pairs_add(&headers, "X-Order", "17");
    /* printf '17\n1.50\nEUR' | openssl dgst -sha256 -hmac s */
    paysig_pairs_add(&headers, "X-Signature", "b41075fb5b4b4ed4904680d0c8bd780f72fa13eecb04d223fe038bd09a70db8e");
    message = paysig_message_of("POST", "/hook", &headers,
                                PAYSIG_TEXT("{\"amount\":{\"value\":1.50},\"currency\":\"EUR\",\"note\":\"x\"}"));
    STATUS(paysig_scheme_from_toml(PAYSIG_TEXT(toml), NULL, 0, &mine, &error), PAYSIG_OK);
    STATUS(paysig_keyring_new(&ring, &error), PAYSIG_OK);
    STATUS(paysig_keyring_add(ring, PAYSIG_PASS(keys), PAYSIG_TIME_NONE, PAYSIG_TIME_NONE, &error), PAYSIG_OK);
    STATUS(paysig_verifier_new(mine, PAYSIG_WEBHOOK, ring, PAYSIG_NO_PAIRS, &verifier, &error), PAYSIG_OK);
    STATUS(paysig_verify(verifier, PAYSIG_PASS_MESSAGE(message), PAYSIG_TIME_NONE, WANT_ALL, out, sizeof out, &out_len,
                         &result, &error),
           PAYSIG_OK);
    STATUS(paysig_in_words(out + result.covered.offset, result.covered.length, out + result.signed_json.offset,
                           result.signed_json.length, text, sizeof text, &length, &error),
           PAYSIG_OK);
    CHECK(length == all && memcmp(text, said, all) == 0);
    STATUS(paysig_in_words(out + result.covered.offset, result.covered.length, NULL, 0, text, sizeof text, &length, &error),
           PAYSIG_OK);
    CHECK(length < all && memcmp(text, said, length) == 0 && text[length - 1] == '.');
    STATUS(paysig_in_words(NULL, 0, NULL, 0, text, sizeof text, &length, &error), PAYSIG_OK);
    CHECK(length == 0);
    STATUS(paysig_in_words(PAYSIG_TEXT("{}"), NULL, 0, text, sizeof text, &length, &error), PAYSIG_INVALID_OPTION);
    CHECK(strcmp(error.field, "covered") == 0);
    paysig_verifier_free(verifier);
    paysig_keyring_free(ring);
    paysig_scheme_free(mine);
}

static void streaming(void) {
    paysig_signer *signer = d24_signer(NULL, NULL);
    paysig_verifier *verifier = d24_verifier("max_body", "1000");
    paysig_stream *stream = NULL;
    paysig_signed result = PAYSIG_SIGNED_INIT;
    paysig_verified verified = PAYSIG_VERIFIED_INIT;
    paysig_message message = paysig_message_of("POST", "/v3/deposits", NULL, NULL, 0);
    char replay_key[64];
    size_t i;
    PAYSIG_PAIRS(headers, 3, 256);
    STATUS(paysig_stream_sign(signer, PAYSIG_PASS_HEAD(message), NOW, PAYSIG_NO_PAIRS, &stream, &error), PAYSIG_OK);
    for (i = 0; i < strlen(BODY); i++) STATUS(paysig_stream_update(stream, &BODY[i], 1, &error), PAYSIG_OK);
    STATUS(paysig_stream_verified(stream, 0, NULL, 0, NULL, NULL, &error), PAYSIG_INVALID_OPTION);
    STATUS(paysig_stream_signed(stream, out, 10, &out_len, &result, &error), PAYSIG_BUFFER_TOO_SMALL);
    CHECK(out_len > 100);
    STATUS(paysig_stream_signed(stream, out, out_len, &out_len, &result, &error), PAYSIG_OK);
    check_signed(&result);
    STATUS(paysig_stream_update(stream, "x", 1, &error), PAYSIG_INVALID_OPTION);
    paysig_stream_free(stream);

    d24_headers(&headers);
    message = paysig_message_of("POST", "/v3/deposits", &headers, PAYSIG_TEXT(BODY));
    STATUS(paysig_verify(verifier, PAYSIG_PASS_MESSAGE(message), NOW, WANT_ALL, out, sizeof out, &out_len, &verified,
                         &error),
           PAYSIG_OK);
    memcpy(replay_key, out + verified.replay_key.offset, 64);
    STATUS(paysig_stream_verify(verifier, PAYSIG_PASS_HEAD(message), strlen(BODY), NOW, &stream, &error), PAYSIG_OK);
    STATUS(paysig_stream_update(stream, PAYSIG_TEXT(BODY), &error), PAYSIG_OK);
    STATUS(paysig_stream_signed(stream, out, sizeof out, &out_len, &result, &error), PAYSIG_INVALID_OPTION);
    STATUS(paysig_stream_verified(stream, WANT_ALL, out, 3, &out_len, &verified, &error), PAYSIG_BUFFER_TOO_SMALL);
    STATUS(paysig_stream_verified(stream, WANT_ALL, out, out_len, &out_len, &verified, &error), PAYSIG_OK);
    check_verified(&verified, PAYSIG_VERIFIED_TIMESTAMP | PAYSIG_VERIFIED_KEY_ID | PAYSIG_VERIFIED_REPLAY_KEY |
                                  PAYSIG_VERIFIED_COVERED);
    CHECK(memcmp(replay_key, out + verified.replay_key.offset, 64) == 0);
    paysig_stream_free(stream);

    STATUS(paysig_stream_verify(verifier, PAYSIG_PASS_HEAD(message), PAYSIG_LENGTH_UNKNOWN, NOW, &stream, &error),
           PAYSIG_OK);
    STATUS(paysig_stream_update(stream, PAYSIG_TEXT("{}"), &error), PAYSIG_OK);
    STATUS(paysig_stream_verified(stream, 0, NULL, 0, NULL, NULL, &error), PAYSIG_SIGNATURE_MISMATCH);
    STATUS(paysig_stream_verified(stream, 0, NULL, 0, NULL, NULL, &error), PAYSIG_SIGNATURE_MISMATCH);
    paysig_stream_free(stream);
    STATUS(paysig_stream_verify(verifier, PAYSIG_PASS_HEAD(message), PAYSIG_LENGTH_UNKNOWN, NOW, &stream, &error),
           PAYSIG_OK);
    STATUS(paysig_stream_update(stream, out, 1001, &error), PAYSIG_TOO_LARGE);
    paysig_stream_free(stream);
    paysig_signer_free(signer);
    paysig_verifier_free(verifier);
}

static paysig_status step(paysig_session *session, int64_t now, size_t cap, paysig_step *result) {
    return paysig_session_next(session, now, out, cap, &out_len, result, &error);
}

static void sessions(void) {
    paysig_scheme *pledg = scheme("pledg-token");
    paysig_session *session = NULL, *second = NULL;
    paysig_step result = PAYSIG_STEP_INIT;
    const char *answer = "{\"access_token\":\"t0ken\",\"expires_in\":3600,\"token_type\":\"Bearer\"}";
    char saved[512];
    size_t saved_len;
    PAYSIG_PAIRS(keys, 2, 64);
    paysig_pairs_add(&keys, "api_key", "shop");
    paysig_pairs_add(&keys, "api_secret", "s3cret");
    STATUS(paysig_session_new(pledg, PAYSIG_PASS(keys), NULL, 0, &session, &error), PAYSIG_OK);
    if (session == NULL) {
        printf("%s\n", error.message);
        return;
    }
    /* A buffer that is too small must not use up the fetch. */
    STATUS(step(session, NOW, 3, &result), PAYSIG_BUFFER_TOO_SMALL);
    STATUS(step(session, NOW, out_len, &result), PAYSIG_OK);
    CHECK(result.action == PAYSIG_FETCH && result.until_ms > NOW);
    CHECK(span_is(out, result.method, "POST"));
    CHECK(result.target.length > 1 && result.body.length > 1 && result.headers.length > 10);
    STATUS(step(session, NOW + 1, sizeof out, &result), PAYSIG_OK);
    CHECK(result.action == PAYSIG_WAIT && result.until_ms > NOW);
    STATUS(paysig_session_fetched(session, 0, NULL, 0, NOW + 2, &error), PAYSIG_TOKEN_RESPONSE_INVALID);
    STATUS(paysig_session_fetched(session, 65536, NULL, 0, NOW + 2, &error), PAYSIG_INVALID_OPTION);
    STATUS(paysig_session_fetched(session, 200, PAYSIG_TEXT(answer), NOW + 3, &error), PAYSIG_OK);
    STATUS(step(session, NOW + 4, sizeof out, &result), PAYSIG_OK);
    CHECK(result.action == PAYSIG_AUTHORIZE);
    CHECK(span_is(out, result.headers, "Authorization: Bearer t0ken\r\n"));
    STATUS(paysig_session_accepted(session, &error), PAYSIG_OK);

    STATUS(paysig_session_save(session, NULL, 0, &saved_len, &error), PAYSIG_BUFFER_TOO_SMALL);
    STATUS(paysig_session_save(session, saved, sizeof saved, &saved_len, &error), PAYSIG_OK);
    STATUS(paysig_session_new(pledg, PAYSIG_PASS(keys), saved, saved_len, &second, &error), PAYSIG_OK);
    STATUS(step(second, NOW + 5, sizeof out, &result), PAYSIG_OK);
    CHECK(span_is(out, result.headers, "Authorization: Bearer t0ken\r\n"));
    STATUS(paysig_session_refused(second, NOW + 6, &error), PAYSIG_OK);
    STATUS(step(second, NOW + 7, sizeof out, &result), PAYSIG_OK);
    CHECK(result.action == PAYSIG_FETCH);
    STATUS(paysig_session_fetched(second, 200, PAYSIG_TEXT(answer), NOW + 8, &error), PAYSIG_OK);
    /* Late, of the token before: nothing happens. */
    CHECK(paysig_session_token_number(NULL) == 0);
    CHECK(paysig_session_token_number(second) > 1);
    STATUS(paysig_session_refused_token(second, paysig_session_token_number(second) - 1, NOW + 9, &error), PAYSIG_OK);
    STATUS(step(second, NOW + 9, sizeof out, &result), PAYSIG_OK);
    CHECK(result.action == PAYSIG_AUTHORIZE);
    STATUS(paysig_session_refused_token(second, paysig_session_token_number(second), NOW + 9, &error),
           PAYSIG_TOKEN_REFUSED);
    STATUS(paysig_session_refused(second, NOW + 9, &error), PAYSIG_OK);
    STATUS(paysig_session_fetched(second, 401, PAYSIG_TEXT("{}"), NOW + 10, &error), PAYSIG_TOKEN_REFUSED);
    STATUS(step(second, PAYSIG_TIME_NONE, sizeof out, &result), PAYSIG_INVALID_OPTION);
    paysig_session_free(second);
    STATUS(paysig_session_new(pledg, PAYSIG_PASS(keys), "{}", 2, &second, &error), PAYSIG_INVALID_OPTION);
    CHECK(second == NULL);
    paysig_session_free(session);
    paysig_scheme_free(pledg);
}

static void builder(void) {
    paysig_signer *signer = NULL;
    paysig_scheme *d24 = scheme("directa24-deposits");
    PAYSIG_PAIRS(small, 1, 8);
    CHECK(paysig_pairs_add(&small, "login", "shop") == -1);
    CHECK(paysig_pairs_add(&small, "a", "b") == -1);
    STATUS(paysig_signer_new(d24, PAYSIG_REQUEST, PAYSIG_PASS(small), PAYSIG_NO_PAIRS, &signer, &error),
           PAYSIG_INVALID_OPTION);
    CHECK(strcmp(error.field, "credentials") == 0);
    paysig_pairs_wipe(&small);
    CHECK(paysig_pairs_add(&small, "a", "bcdefgh") == 0);
    CHECK(paysig_pairs_add(&small, "", "") == -1);
    paysig_scheme_free(d24);
}

int main(void) {
    versions();
    schemes();
    signing();
    placements();
    two_halves();
    verifying();
    needed_keys();
    endpoint_checks();
    explaining();
    diagnosing();
    linting();
    words();
    streaming();
    sessions();
    builder();
    return report("calls");
}
