/* After everything that held a secret is freed, no memory of the process holds it: neither its text, nor its bytes after decoding,
 * nor the key as HMAC pads it first. What is looked for is kept under a mask, so that it is not found in its own place. */
#include "kit.h"

enum { MASK = 0xA5, MAX = 64, WANT = PAYSIG_WANT_REPLAY_KEY | PAYSIG_WANT_COVERED | PAYSIG_WANT_SIGNED_JSON };

typedef struct needle {
    const char *what;
    unsigned char masked[MAX];
    size_t len;
    unsigned char pad;
} needle;

static int holds(const unsigned char *at, const needle *n) {
    for (size_t i = 0; i < n->len; i++)
        if (at[i] != (unsigned char)(n->masked[i] ^ MASK ^ n->pad)) return 0;
    return 1;
}

/* How often it stands in writable memory. */
static int search(const needle *n, int tell) {
    FILE *maps = fopen("/proc/self/maps", "r");
    char line[512], access[8], name[256];
    int found = 0;
    if (maps == NULL) exit(3);
    while (fgets(line, sizeof line, maps) != NULL) {
        unsigned long start, end;
        name[0] = 0;
        if (sscanf(line, "%lx-%lx %7s %*s %*s %*s %255s", &start, &end, access, name) < 3) continue;
        if (access[0] != 'r' || access[1] != 'w' || strncmp(name, "[v", 2) == 0) continue;
        const unsigned char *at = (const unsigned char *)start, *last = (const unsigned char *)end - n->len;
        for (; at <= last; at++)
            if (at[0] == (unsigned char)(n->masked[0] ^ MASK ^ n->pad) && holds(at, n)) {
                if (tell) printf("%s at %p in %s\n", n->what, (const void *)at, name[0] != 0 ? name : "a mapping");
                found++;
            }
    }
    fclose(maps);
    return found;
}

/* A volatile pointer: the compiler may not leave this out. */
static void wipe(void *bytes, size_t len) {
    volatile unsigned char *at = bytes;
    while (len-- > 0) *at++ = 0;
}

/* Plain digests over a text that holds the secret. */
static const kit_case more[] = {
    {"pledg-notification", PAYSIG_WEBHOOK, "secret", NULL, ""},
    {"payu-eu", PAYSIG_WEBHOOK, "second_key", NULL, ""},
};
enum { MORE = sizeof more / sizeof *more };
/* Longer than what is gathered on the stack, with the members that Pledg signs. */
#define FILL "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
static const char *const bodies[] = {
    "{\"created_at\":1,\"error\":\"\",\"id\":\"i\",\"reference\":\"r\",\"sandbox\":true,\"status\":\"ok\"}",
    "{\"created_at\":1,\"error\":\"\",\"id\":\"i\",\"reference\":\"r\",\"sandbox\":true,\"status\":\"" FILL FILL FILL FILL FILL FILL
    FILL FILL FILL FILL "\"}",
};

/* The same in pieces, for schemes that can. */
static void stream(const kit_case *c, const paysig_signer *signer, const paysig_verifier *verifier, const char *body,
                   const paysig_pairs *headers) {
    paysig_message message = paysig_message_of("POST", "/v3/deposits", NULL, PAYSIG_TEXT(""));
    paysig_stream *stream = NULL;
    paysig_signed result = PAYSIG_SIGNED_INIT;
    paysig_verified verified = PAYSIG_VERIFIED_INIT;
    paysig_status status = paysig_stream_sign(signer, PAYSIG_PASS_HEAD(message), NOW, PAYSIG_NO_PAIRS, &stream, &error);
    if (status == PAYSIG_UNSUPPORTED && strcmp(c->scheme, "pledg-notification") == 0) return;
    must(status, c->scheme);
    must(paysig_stream_update(stream, body, strlen(body), &error), c->scheme);
    must(paysig_stream_signed(stream, out, sizeof out, &out_len, &result, &error), c->scheme);
    paysig_stream_free(stream);
    message = paysig_message_of("POST", "/v3/deposits", headers, PAYSIG_TEXT(""));
    must(paysig_stream_verify(verifier, PAYSIG_PASS_HEAD(message), strlen(body), NOW, &stream, &error), c->scheme);
    must(paysig_stream_update(stream, body, strlen(body), &error), c->scheme);
    must(paysig_stream_verified(stream, WANT, out, sizeof out, &out_len, &verified, &error), c->scheme);
    paysig_stream_free(stream);
}

static void use(const kit_case *c, const char *sent, const char *secret, size_t len) {
    paysig_scheme *scheme = kit_scheme(c);
    paysig_signer *signer = NULL;
    paysig_keyring *ring = NULL;
    paysig_verifier *verifier = NULL, *again = NULL;
    paysig_signed result = PAYSIG_SIGNED_INIT;
    paysig_verified verified = PAYSIG_VERIFIED_INIT;
    static char text[65536], body[65536];
    paysig_header header;
    size_t at = 0;
    KIT_KEYS(keys, c, secret, len);
    must(paysig_signer_new(scheme, c->flow, PAYSIG_PASS(keys), PAYSIG_NO_PAIRS, &signer, &error), c->scheme);
    must(paysig_keyring_new(&ring, &error), "ring");
    must(paysig_keyring_add(ring, PAYSIG_PASS(keys), PAYSIG_TIME_NONE, PAYSIG_TIME_NONE, &error), "ring");
    must(paysig_verifier_new(scheme, c->flow, ring, PAYSIG_NO_PAIRS, &verifier, &error), c->scheme);
    must(paysig_verifier_with_keys(verifier, ring, &again, &error), c->scheme);
    kit_sign(signer, c->scheme, sent, &result);
    memcpy(text, out, out_len);
    if (result.present & PAYSIG_SIGNED_BODY) {
        snprintf(body, sizeof body, "%.*s", (int)result.body.length, text + result.body.offset);
    } else {
        snprintf(body, sizeof body, "%s", sent);
    }
    PAYSIG_PAIRS(headers, 16, 4096);
    while (paysig_next_header(text, result.headers, &at, &header))
        paysig_pairs_add_bytes(&headers, header.name, header.name_len, header.value, header.value_len);
    paysig_message message = paysig_message_of("POST", "/v3/deposits", &headers, PAYSIG_TEXT(body));
    must(paysig_verify(again, PAYSIG_PASS_MESSAGE(message), NOW, 0, NULL, 0, NULL, NULL, &error), c->scheme);
    must(paysig_verify(again, PAYSIG_PASS_MESSAGE(message), NOW, WANT, out, sizeof out, &out_len, &verified, &error),
         c->scheme);
    must(paysig_diagnose(scheme, c->flow, ring, NULL, PAYSIG_PASS_MESSAGE(message), NOW, PAYSIG_NO_PAIRS, out, sizeof out, &out_len,
                         &error),
         c->scheme);
    stream(c, signer, again, sent, &headers);
    must(paysig_explain(scheme, c->flow, ring, PAYSIG_PASS_MESSAGE(message), NOW, PAYSIG_NO_PAIRS, out, sizeof out, &out_len,
                        &error),
         c->scheme);
    /* Refusals, too: a flow that does not exist. */
    paysig_signer *none = NULL;
    if (paysig_signer_new(scheme, 99, PAYSIG_PASS(keys), PAYSIG_NO_PAIRS, &none, &error) == PAYSIG_OK) exit(4);
    paysig_verifier_free(again);
    paysig_verifier_free(verifier);
    paysig_keyring_free(ring);
    paysig_signer_free(signer);
    paysig_scheme_free(scheme);
    paysig_pairs_wipe(&keys);
}

/* Base64 of 32 bytes, written without a table that could keep the bytes. */
static char digit(unsigned value) {
    return "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"[value & 63];
}

int main(void) {
    int found = 0, searched = 0;
    for (int i = 0; i < CASES + 2 * MORE; i++) {
        const kit_case *c = i < CASES ? &cases[i] : &more[(i - CASES) % MORE];
        const char *sent = i < CASES ? KIT_BODY : bodies[(i - CASES) / MORE];
        unsigned char key[33];
        char text[64];
        size_t len = 0;
        int decoded = strncmp(c->value, "whsec_M", 7) == 0;
        for (unsigned n = 0; n < 33; n++) key[n] = (unsigned char)(n * 37 + 11 + (unsigned)i);
        if (decoded) memcpy(text, "whsec_", len = 6);
        for (unsigned n = 0; n < 33; n += 3) {
            unsigned bits = (unsigned)key[n] << 16 | (unsigned)key[n + 1] << 8 | key[n + 2];
            for (int shift = 18; shift >= 0; shift -= 6) text[len++] = digit(bits >> shift);
        }
        needle all[3] = {{.what = "the text", .len = len > MAX ? MAX : len},
                         {.what = "the decoded key", .len = 33},
                         {.what = "the inner pad", .pad = 0x36}};
        for (size_t n = 0; n < all[0].len; n++) all[0].masked[n] = (unsigned char)(text[n] ^ MASK);
        for (size_t n = 0; n < 33; n++) all[1].masked[n] = key[n] ^ MASK;
        const needle *padded = decoded ? &all[1] : &all[0];
        memcpy(all[2].masked, padded->masked, MAX);
        all[2].len = padded->len;
        /* That the search works: what is there is found. */
        if (search(&all[0], 0) == 0 || search(&all[1], 0) == 0) {
            printf("the search finds nothing\n");
            return 1;
        }
        use(c, sent, text, len);
        wipe(text, sizeof text);
        wipe(key, sizeof key);
        for (int n = 0; n < 3; n++) {
            int here = search(&all[n], 1);
            if (here > 0) printf("%s: after everything was freed\n", c->scheme);
            found += here;
            searched++;
        }
    }
    printf("wiped: %d searches, %d found\n", searched, found);
    return found > 0;
}
