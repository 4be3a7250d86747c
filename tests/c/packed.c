/* Packed calls say what paysig_sign and paysig_verify say. */
#include "check.h"

static char out[4096], answer[4096];
static size_t out_len, answer_len;
static paysig_error error = PAYSIG_ERROR_INIT;

/* A packed call under construction. */
static char packed[2048];
static size_t packed_len;

static void number(size_t n) {
    for (; n > 127; n >>= 7) packed[packed_len++] = (char)(n | 128);
    packed[packed_len++] = (char)n;
}
static void piece(const void *bytes, size_t len) {
    number(len);
    if (len > 0) memcpy(packed + packed_len, bytes, len);
    packed_len += len;
}
static void pairs(const paysig_pairs *from) {
    const char *bytes = from->bytes;
    size_t i;
    for (i = 0; i < from->n; bytes += from->lens[i++]) piece(bytes, from->lens[i]);
}
static void message(const char *method, const char *target, const char *url, const paysig_pairs *headers, int64_t now) {
    piece(&now, now == PAYSIG_NOW_SYSTEM ? 0 : sizeof now);
    piece(PAYSIG_TEXT(method));
    piece(PAYSIG_TEXT(target));
    piece(PAYSIG_TEXT(url));
    number(headers->n / 2);
    pairs(headers);
}

/* What an answer must be, put together from the struct and buffer of the ordinary call. */
static void put(const void *bytes, size_t len) {
    memcpy(answer + answer_len, bytes, len);
    answer_len += len;
}
static void put_span(paysig_span span, const char *end) {
    put(out + span.offset, span.length);
    put(PAYSIG_TEXT(end));
}
static void expect_signed(const paysig_signed *result) {
    const int has_target = (result->present & PAYSIG_SIGNED_TARGET) != 0;
    paysig_header header;
    size_t at = 0, headers = 0;
    while (paysig_next_header(out, result->headers, &at, &header)) headers++;
    answer_len = (size_t)sprintf(answer, "%u\xff%d\xff", (unsigned)result->present, (int)(2 * headers) + has_target);
    put_span(result->timestamp, "\xff");
    put_span(result->nonce, "\xff");
    put_span(result->key_id, "\xff");
    put_span(result->body_members, "\xff");
    put_span(result->url, "\xff");
    for (at = 0; paysig_next_header(out, result->headers, &at, &header);) {
        put(header.name, header.name_len);
        put("\n", 1);
        put(header.value, header.value_len);
        put("\n", 1);
    }
    if (has_target) put_span(result->target, "\n");
    put_span(result->body, "");
}
static void expect_verified(const paysig_verified *result) {
    answer_len = (size_t)sprintf(answer, "%u\xff%u\xff%u\xff%lld\xff", (unsigned)result->present,
                                 (unsigned)result->key_index, (unsigned)result->items, (long long)result->timestamp_ms);
    put_span(result->key_id, "\xff");
    put_span(result->replay_key, "\xff");
    put_span(result->covered, "\xff");
    put_span(result->signed_json, "");
}
#define ANSWERED CHECK(out_len == answer_len && memcmp(out, answer, answer_len) == 0)

/* Signs by a recipe and verifies, with and without packing. */
static void both_ways(const char *toml, const char *url, const char *body) {
    paysig_scheme *scheme = NULL;
    paysig_signer *signer = NULL;
    paysig_verifier *verifier = NULL;
    paysig_keyring *ring = NULL;
    paysig_signed signed_ = PAYSIG_SIGNED_INIT;
    paysig_verified verified = PAYSIG_VERIFIED_INIT;
    paysig_message plain;
    paysig_header header;
    char long_value[300], sent_target[64], sent_body[64];
    size_t at = 0;
    PAYSIG_PAIRS(keys, 2, 64);
    PAYSIG_PAIRS(headers, 8, 1024);
    PAYSIG_PAIRS(options, 1, 64);
    memset(long_value, 'v', sizeof long_value);
    paysig_pairs_add(&keys, "key_id", "k1");
    paysig_pairs_add(&keys, "secret", "s3cret");
    paysig_pairs_add(&options, "nonce", "order-17");
    /* A length of two bytes, a value that is not UTF-8, and an empty one. */
    paysig_pairs_add_bytes(&headers, PAYSIG_TEXT("X-Long"), long_value, sizeof long_value);
    paysig_pairs_add(&headers, "X-Name", "J\xf6rg");
    paysig_pairs_add(&headers, "X-Empty", "");
    STATUS(paysig_scheme_from_toml(PAYSIG_TEXT(toml), NULL, 0, &scheme, &error), PAYSIG_OK);
    STATUS(paysig_signer_new(scheme, PAYSIG_REQUEST, PAYSIG_PASS(keys), PAYSIG_NO_PAIRS, &signer, &error), PAYSIG_OK);
    plain = paysig_message_of("POST", "/pay?a=1", &headers, PAYSIG_TEXT(body));
    plain.url = url;
    plain.url_len = strlen(url);
    STATUS(paysig_sign(signer, PAYSIG_PASS_MESSAGE(plain), NOW, PAYSIG_PASS(options), out, sizeof out, &out_len, &signed_,
                       &error),
           PAYSIG_OK);
    CHECK((signed_.present & PAYSIG_SIGNED_NONCE) != 0);
    expect_signed(&signed_);

    packed_len = 0;
    message("POST", "/pay?a=1", url, &headers, NOW);
    pairs(&options);
    STATUS(paysig_sign_packed(signer, packed, packed_len, body, strlen(body), out, answer_len - 1, &out_len, &error),
           PAYSIG_BUFFER_TOO_SMALL);
    CHECK(out_len == answer_len);
    STATUS(paysig_sign_packed(signer, packed, packed_len, body, strlen(body), out, out_len, &out_len, &error), PAYSIG_OK);
    ANSWERED;

    /* What was signed verifies. */
    STATUS(paysig_sign(signer, PAYSIG_PASS_MESSAGE(plain), NOW, PAYSIG_PASS(options), out, sizeof out, &out_len, &signed_,
                       &error),
           PAYSIG_OK);
    while (paysig_next_header(out, signed_.headers, &at, &header))
        paysig_pairs_add_bytes(&headers, header.name, header.name_len, header.value, header.value_len);
    snprintf(sent_target, sizeof sent_target, "%.*s", (int)signed_.target.length, out + signed_.target.offset);
    snprintf(sent_body, sizeof sent_body, "%.*s", (int)signed_.body.length, out + signed_.body.offset);
    if ((signed_.present & PAYSIG_SIGNED_TARGET) == 0) strcpy(sent_target, "/pay?a=1");
    if ((signed_.present & PAYSIG_SIGNED_BODY) == 0) strcpy(sent_body, body);
    plain = paysig_message_of("POST", sent_target, &headers, PAYSIG_TEXT(sent_body));
    STATUS(paysig_keyring_new(&ring, &error), PAYSIG_OK);
    STATUS(paysig_keyring_add(ring, PAYSIG_PASS(keys), PAYSIG_TIME_NONE, PAYSIG_TIME_NONE, &error), PAYSIG_OK);
    STATUS(paysig_verifier_new(scheme, PAYSIG_REQUEST, ring, PAYSIG_NO_PAIRS, &verifier, &error), PAYSIG_OK);
    STATUS(paysig_verify(verifier, PAYSIG_PASS_MESSAGE(plain), NOW, 7, out, sizeof out, &out_len, &verified, &error),
           PAYSIG_OK);
    expect_verified(&verified);
    packed_len = 0;
    number(7);
    message("POST", sent_target, "", &headers, NOW);
    STATUS(paysig_verify_packed(verifier, packed, packed_len, PAYSIG_TEXT(sent_body), out, sizeof out, &out_len, &error),
           PAYSIG_OK);
    ANSWERED;
    plain.body = "x";
    plain.body_len = 1;
    STATUS(paysig_verify_packed(verifier, packed, packed_len, "x", 1, out, sizeof out, &out_len, &error),
           paysig_verify(verifier, PAYSIG_PASS_MESSAGE(plain), NOW, 0, NULL, 0, NULL, NULL, NULL));
    /* Cut anywhere, or longer than its message, it is refused. */
    while (packed_len-- > 0)
        if (paysig_verify_packed(verifier, packed, packed_len, NULL, 0, out, sizeof out, &out_len, &error) !=
                PAYSIG_INVALID_OPTION ||
            strcmp(error.field, "packed") != 0)
            CHECK(packed_len == SIZE_MAX);
    packed_len = 0;
    number(7);
    message("POST", "/", "", &headers, NOW);
    number(0);
    STATUS(paysig_verify_packed(verifier, packed, packed_len, NULL, 0, out, sizeof out, &out_len, &error),
           PAYSIG_INVALID_OPTION);
    /* Bits of want that mean nothing. */
    packed[0] = 8;
    STATUS(paysig_verify_packed(verifier, packed, packed_len, NULL, 0, out, sizeof out, &out_len, &error),
           PAYSIG_INVALID_OPTION);
    CHECK(strcmp(error.field, "want") == 0);
    /* The system's clock is far from the time that was signed. */
    packed_len = 0;
    number(0);
    message("POST", sent_target, "", &headers, PAYSIG_NOW_SYSTEM);
    STATUS(paysig_verify_packed(verifier, packed, packed_len, PAYSIG_TEXT(sent_body), out, sizeof out, &out_len, &error),
           PAYSIG_TIMESTAMP_TOO_OLD);
    paysig_verifier_free(verifier);
    paysig_keyring_free(ring);
    paysig_signer_free(signer);
    paysig_scheme_free(scheme);
}

#define RECIPE(fields)                                                                                                 \
    "id = \"mine\"\nname = \"Mine\"\n"                                                                                 \
    "[credentials]\nkey_id = { public = true }\nsecret = {}\n"                                                         \
    "[request]\nalgorithm = \"hmac-sha256\"\nencoding = \"hex\"\n"                                                     \
    "key_id = { credential = \"key_id\" }\nkey = { credential = \"secret\" }\n"                                        \
    "timestamp = { format = \"unix\", tolerance = 300 }\n"                                                             \
    "message = [ { method = true }, \"|\", { timestamp = true }, \"|\", { nonce = true }, \"|\", { json = \"amount\" } ]\n"          \
    "field = [\n" fields "]\n"

int main(void) {
    /* Headers alone; then additions to query, URL and body as well. */
    both_ways(RECIPE("{ header = \"X-Signature\", value = [ { signature = true } ] },\n"
                     "{ header = \"X-Key\", value = [ { key_id = true } ] },\n"
                     "{ header = \"X-Nonce\", value = [ { nonce = true } ] },\n"
                     "{ header = \"X-Time\", value = [ { timestamp = true } ] },\n"),
              "", "{\"amount\":1.50}");
    both_ways(RECIPE("{ header = \"X-Signature\", value = [ { signature = true } ] },\n"
                     "{ query_field = \"key\", value = [ { key_id = true } ] },\n"
                     "{ json = \"nonce\", value = [ { nonce = true } ] },\n"
                     "{ json = \"time\", value = [ { timestamp = true } ] },\n"),
              "https://shop.example/pay?a=1", "{\n\"amount\":1.50}");
    return report("packed");
}
