/* A C program's side: the message of the case ingenico-3, with everything made once, so that a call does nothing but the call. */
#include "paysig.h"

#define NOW INT64_C(1767323045000)

static paysig_signer *signer;
static paysig_verifier *verifier;
static paysig_message outgoing, incoming;
static const char body[] = "{\"card\":{\"alias\":\"x\"}}";

static const char *const headers[][2] = {
    {"Content-Type", "application/json"},
    {"X-GCS-Header0", "value of the header"},
    {"X-GCS-Header1", "value of the header"},
    {"X-GCS-Header2", "value of the header"},
};

static void add_headers(paysig_pairs *pairs) {
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) paysig_pairs_add(pairs, headers[i][0], headers[i][1]);
}

int call_sign(void) {
    char out[PAYSIG_OUT_SIZE];
    size_t len = 0;
    paysig_signed result = PAYSIG_SIGNED_INIT;
    return (int)paysig_sign(signer, PAYSIG_PASS_MESSAGE(outgoing), NOW, PAYSIG_NO_PAIRS, out, sizeof out, &len, &result, NULL);
}

/* Asks for the verdict alone. */
int call_verify(void) {
    return (int)paysig_verify(verifier, PAYSIG_PASS_MESSAGE(incoming), NOW, 0, NULL, 0, NULL, NULL, NULL);
}

int call_prepare(void) {
    static char sent_bytes[512], received_bytes[1024];
    static uint32_t sent_lens[16], received_lens[16];
    paysig_pairs sent = {sent_bytes, 0, sizeof sent_bytes, sent_lens, 0, 16};
    paysig_pairs received = {received_bytes, 0, sizeof received_bytes, received_lens, 0, 16};
    PAYSIG_PAIRS(keys, 2, 256);
    paysig_scheme *scheme = NULL;
    paysig_keyring *ring = NULL;
    char out[PAYSIG_OUT_SIZE];
    size_t len = 0, at = 0;
    paysig_signed result = PAYSIG_SIGNED_INIT;
    paysig_header header;
    int status;

    paysig_pairs_add(&keys, "key_id", "5e45c937b9db33ae");
    paysig_pairs_add(&keys, "secret", "I42Zf4pVnRdroHfuHnRiJjJ2B6+22h0yQt/R3nZR8Xg=");
    add_headers(&sent);
    outgoing = paysig_message_of("POST", "/v1/9991/tokens/123456789", &sent, body, sizeof body - 1);
    if ((status = (int)paysig_scheme_builtin(PAYSIG_TEXT("ingenico-v1hmac"), &scheme, NULL)) ||
        (status = (int)paysig_signer_new(scheme, PAYSIG_REQUEST, PAYSIG_PASS(keys), PAYSIG_NO_PAIRS, &signer, NULL)) ||
        (status = (int)paysig_keyring_new(&ring, NULL)) ||
        (status = (int)paysig_keyring_add(ring, PAYSIG_PASS(keys), PAYSIG_TIME_NONE, PAYSIG_TIME_NONE, NULL)) ||
        (status = (int)paysig_verifier_new(scheme, PAYSIG_REQUEST, ring, PAYSIG_NO_PAIRS, &verifier, NULL)) ||
        (status = (int)paysig_sign(signer, PAYSIG_PASS_MESSAGE(outgoing), NOW, PAYSIG_NO_PAIRS, out, sizeof out, &len, &result,
                                   NULL)))
        return status;
    add_headers(&received);
    while (paysig_next_header(out, result.headers, &at, &header))
        paysig_pairs_add_bytes(&received, header.name, header.name_len, header.value, header.value_len);
    incoming = paysig_message_of("POST", "/v1/9991/tokens/123456789", &received, body, sizeof body - 1);
    paysig_keyring_free(ring);
    paysig_scheme_free(scheme);
    return call_verify();
}
