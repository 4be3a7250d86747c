/* How many instructions a verdict takes on input that is made to be expensive, by its size: callgrind writes one count for each
 * shape and size, and run.sh holds them to a budget for each byte and to growing as the input grows. */
#include "kit.h"
#include <valgrind/callgrind.h>

enum { SMALL = 16000, LARGE = 32000 };

static char text[1 << 20];
static size_t text_len;

static void add(const char *piece) {
    size_t len = strlen(piece);
    if (text_len + len >= sizeof text) exit(3);
    memcpy(text + text_len, piece, len);
    text_len += len;
}

/* Pieces with a counter in place of %zu, until the text is so long. */
static void fill(size_t size, const char *format) {
    for (size_t n = 0; text_len < size; n++) {
        char piece[64];
        snprintf(piece, sizeof piece, format, n);
        add(piece);
    }
}

static void base64url(const char *bytes, size_t len) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    for (size_t n = 0; n < len; n += 3) {
        unsigned have = (unsigned)(len - n < 3 ? len - n : 3), bits = 0;
        for (unsigned k = 0; k < 3; k++) bits = bits << 8 | (k < have ? (unsigned char)bytes[n + k] : 0);
        for (unsigned k = 0; k <= have; k++) text[text_len++] = digits[bits >> (18 - 6 * k) & 63];
    }
}

typedef struct shape {
    const char *name, *scheme;
    uint32_t flow;
    const char *keys[8];
    const char *header; /* the header that holds the text; NULL: the body does */
    void (*make)(size_t size);
    const char *more[6]; /* other headers */
    const char *url;
} shape;

static void jws_members(size_t size) {
    static char json[1 << 19];
    size_t len = 0;
    len += (size_t)sprintf(json, "{\"alg\":\"HS256\"");
    for (unsigned n = 0; len < size; n++) len += (size_t)sprintf(json + len, ",\"%x\":1", n);
    len += (size_t)sprintf(json + len, "}");
    add("{\"signature\":\"");
    base64url(json, len);
    add(".e30.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}");
}
static void json_members(size_t size) { add("{\"a\":1"); fill(size, ",\"%zu\":1"); add("}"); }
static void json_depth(size_t size) { while (text_len < size) add("["); while (text_len < 2 * size) add("]"); }
static void json_escapes(size_t size) { add("{\"status\":\""); while (text_len < size) add("\\u00e9"); add("\"}"); }
static void signatures(size_t size) {
    add("t=1767323045");
    while (text_len < size) add(",v1=0000000000000000000000000000000000000000000000000000000000000000");
}
static void items(size_t size) { add("t=1767323045"); fill(size, ",x%zu=1"); }
static void parameters(size_t size) { add("sig1=()"); fill(size, ";a%zu"); }
static void components(size_t size) { add("sig1=("); fill(size, "\"x%zu\" "); add(")"); }
static void dictionary(size_t size) { add("sig1=()"); fill(size, ",x%zu=()"); }
static void form_fields(size_t size) { add("a=1"); fill(size, "&%zu=1"); }
static void form_escapes(size_t size) { add("a="); while (text_len < size) add("%41"); }
static void blanks(size_t size) { while (text_len < size) add(" \t"); }
static void folds(size_t size) { add("a"); while (text_len < size) add("\r\n "); }
static void signed_names(size_t size) {
    add("AWS4-HMAC-SHA256 Credential=A/20260102/r/s/aws4_request, SignedHeaders=host;x-amz-date");
    fill(size, ";x-%zu");
    add(", Signature=0000000000000000000000000000000000000000000000000000000000000000");
}
static void same_names(size_t size) {
    add("AWS4-HMAC-SHA256 Credential=A/20260102/r/s/aws4_request, SignedHeaders=host;x-amz-date");
    while (text_len < size) add(";host");
    add(", Signature=0000000000000000000000000000000000000000000000000000000000000000");
}

#define AWS {"access_key_id", "A", "secret_access_key", "s", "region", "r", "service", "s"}
#define RFC9421 {"key_id", "k", "secret", "AAECAwQFBgcICQoLDA0ODw=="}
static const shape shapes[] = {
    {"jws-members", "pledg-jwt", PAYSIG_WEBHOOK, {"secret", "s"}, NULL, jws_members, {0}, NULL},
    {"json-members", "pledg-notification", PAYSIG_WEBHOOK, {"secret", "s"}, NULL, json_members, {0}, NULL},
    {"json-depth", "pledg-notification", PAYSIG_WEBHOOK, {"secret", "s"}, NULL, json_depth, {0}, NULL},
    {"json-escapes", "pledg-notification", PAYSIG_WEBHOOK, {"secret", "s"}, NULL, json_escapes, {0}, NULL},
    {"signatures", "stripe", PAYSIG_WEBHOOK, {"secret", "s"}, "Stripe-Signature", signatures, {0}, NULL},
    {"items", "stripe", PAYSIG_WEBHOOK, {"secret", "s"}, "Stripe-Signature", items, {0}, NULL},
    {"parameters", "rfc9421-hmac", PAYSIG_REQUEST, RFC9421, "Signature-Input", parameters, {"Signature", "sig1=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:"}, "https://a.example/"},
    {"components", "rfc9421-hmac", PAYSIG_REQUEST, RFC9421, "Signature-Input", components, {"Signature", "sig1=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:"}, "https://a.example/"},
    {"dictionary", "rfc9421-hmac", PAYSIG_REQUEST, RFC9421, "Signature-Input", dictionary, {"Signature", "sig1=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:"}, "https://a.example/"},
    {"form-fields", "twilio", PAYSIG_WEBHOOK, {"auth_token", "s"}, NULL, form_fields,
     {"X-Twilio-Signature", "AAAAAAAAAAAAAAAAAAAAAAAAAAA=", "Content-Type", "application/x-www-form-urlencoded"}, "https://a.example/"},
    {"form-escapes", "twilio", PAYSIG_WEBHOOK, {"auth_token", "s"}, NULL, form_escapes,
     {"X-Twilio-Signature", "AAAAAAAAAAAAAAAAAAAAAAAAAAA=", "Content-Type", "application/x-www-form-urlencoded"}, "https://a.example/"},
    {"blanks", "ingenico-v1hmac", PAYSIG_REQUEST, {"key_id", "k", "secret", "s"}, "X-GCS-ClientMetaInfo", blanks,
     {"Date", "Fri, 02 Jan 2026 03:04:05 GMT", "Authorization", "GCS v1HMAC:k:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}, NULL},
    {"folds", "ingenico-v1hmac", PAYSIG_REQUEST, {"key_id", "k", "secret", "s"}, "X-GCS-ClientMetaInfo", folds,
     {"Date", "Fri, 02 Jan 2026 03:04:05 GMT", "Authorization", "GCS v1HMAC:k:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}, NULL},
    {"signed-names", "aws-sigv4", PAYSIG_REQUEST, AWS, "Authorization", signed_names,
     {"Host", "a.example", "X-Amz-Date", "20260102T030405Z"}, NULL},
    {"same-names", "aws-sigv4", PAYSIG_REQUEST, AWS, "Authorization", same_names,
     {"Host", "a.example", "X-Amz-Date", "20260102T030405Z"}, NULL},
};

int main(void) {
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        const shape *s = &shapes[i];
        paysig_scheme *scheme = NULL;
        paysig_keyring *ring = NULL;
        paysig_verifier *verifier = NULL;
        PAYSIG_PAIRS(keys, 4, 256);
        for (int k = 0; k < 8 && s->keys[k] != NULL; k += 2) paysig_pairs_add(&keys, s->keys[k], s->keys[k + 1]);
        must(paysig_scheme_builtin(PAYSIG_TEXT(s->scheme), &scheme, &error), s->scheme);
        must(paysig_keyring_new(&ring, &error), "ring");
        must(paysig_keyring_add(ring, PAYSIG_PASS(keys), PAYSIG_TIME_NONE, PAYSIG_TIME_NONE, &error), "ring");
        must(paysig_verifier_new(scheme, s->flow, ring, PAYSIG_NO_PAIRS, &verifier, &error), s->scheme);
        for (int large = 0; large < 2; large++) {
            char label[80];
            text_len = 0;
            s->make(large ? LARGE : SMALL);
            static char room[1 << 20];
            uint32_t lens[16];
            paysig_pairs headers = {room, 0, sizeof room, lens, 0, 16};
            for (int k = 0; k < 6 && s->more[k] != NULL; k += 2) paysig_pairs_add(&headers, s->more[k], s->more[k + 1]);
            if (s->header != NULL)
                paysig_pairs_add_bytes(&headers, s->header, strlen(s->header), text, text_len);
            paysig_message message = paysig_message_of("POST", "/", &headers, text, s->header == NULL ? text_len : 0);
            if (s->url != NULL) message.url = s->url, message.url_len = strlen(s->url);
            CALLGRIND_ZERO_STATS;
            paysig_status status =
                paysig_verify(verifier, PAYSIG_PASS_MESSAGE(message), NOW, 0, NULL, 0, NULL, NULL, &error);
            snprintf(label, sizeof label, "%s %d %zu %s", s->name, large, text_len, paysig_status_name(status));
            CALLGRIND_DUMP_STATS_AT(label);
            if (status == PAYSIG_OK || !paysig_status_is_verdict(status)) {
                printf("%s: %s\n", label, error.message);
                return 1;
            }
        }
        paysig_verifier_free(verifier);
        paysig_keyring_free(ring);
        paysig_scheme_free(scheme);
    }
    return 0;
}
