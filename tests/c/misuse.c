/* What every function does when it is called as it should not be: null pointers, impossible lengths, text that is not
 * UTF-8, small buffers, structs that were not initialised. All functions with outputs or several inputs are driven from
 * one record of arguments, of which each test spoils one. */
#include "check.h"

typedef struct arguments {
    const paysig_scheme *scheme;
    const paysig_signer *signer;
    const paysig_verifier *verifier;
    paysig_keyring *keyring;
    paysig_session *session;
    paysig_stream *signing, *verifying;
    uint32_t flow;
    paysig_message message;
    const void *signature;
    size_t signature_len;
    int64_t now;
    const void *options;
    size_t options_len;
    const void *options_lens;
    size_t options_n;
    const void *credentials;
    size_t credentials_len;
    const void *credentials_lens;
    size_t credentials_n;
    const void *packed;
    size_t packed_len;
    const char *text;
    size_t text_len;
    char *out;
    size_t cap;
    size_t *out_len;
    void *result;
    void *handle; /* where a _new puts its handle */
    paysig_error *err;
} arguments;

#define OPTIONS(a) (a)->options, (a)->options_len, (a)->options_lens, (a)->options_n
#define CREDENTIALS(a) (a)->credentials, (a)->credentials_len, (a)->credentials_lens, (a)->credentials_n
#define OUT(a) (a)->out, (a)->cap, (a)->out_len

static paysig_status run_builtin(arguments *a) {
    return paysig_scheme_builtin(a->text, a->text_len, (paysig_scheme **)a->handle, a->err);
}
static paysig_status run_toml(arguments *a) {
    return paysig_scheme_from_toml(a->text, a->text_len, NULL, 0, (paysig_scheme **)a->handle, a->err);
}
static paysig_status run_toml_file(arguments *a) {
    return paysig_scheme_from_toml(NULL, 0, a->text, a->text_len, (paysig_scheme **)a->handle, a->err);
}
static paysig_status run_catalogue(arguments *a) { return paysig_catalogue(OUT(a), a->err); }
static paysig_status run_recipe(arguments *a) { return paysig_recipe(a->text, a->text_len, OUT(a), a->err); }
static paysig_status run_signer(arguments *a) {
    return paysig_signer_new(a->scheme, a->flow, CREDENTIALS(a), OPTIONS(a), (paysig_signer **)a->handle, a->err);
}
static paysig_status run_sign(arguments *a) {
    return paysig_sign(a->signer, PAYSIG_PASS_MESSAGE(a->message), a->now, OPTIONS(a), OUT(a),
                       (paysig_signed *)a->result, a->err);
}
static paysig_status run_prepare(arguments *a) {
    return paysig_prepare(a->signer, PAYSIG_PASS_MESSAGE(a->message), a->now, OPTIONS(a), OUT(a),
                          (paysig_prepared *)a->result, a->err);
}
static paysig_status run_finish(arguments *a) {
    return paysig_finish(a->signer, a->signature, a->signature_len, PAYSIG_PASS_MESSAGE(a->message), a->now, OPTIONS(a),
                         OUT(a), (paysig_signed *)a->result, a->err);
}
static paysig_status run_keyring(arguments *a) { return paysig_keyring_new((paysig_keyring **)a->handle, a->err); }
static paysig_status run_add(arguments *a) {
    return paysig_keyring_add(a->keyring, CREDENTIALS(a), PAYSIG_TIME_NONE, PAYSIG_TIME_NONE, a->err);
}
static paysig_status run_verifier(arguments *a) {
    return paysig_verifier_new(a->scheme, a->flow, a->keyring, OPTIONS(a), (paysig_verifier **)a->handle, a->err);
}
static paysig_status run_with_keys(arguments *a) {
    return paysig_verifier_with_keys(a->verifier, a->keyring, (paysig_verifier **)a->handle, a->err);
}
static paysig_status run_verify(arguments *a) {
    return paysig_verify(a->verifier, PAYSIG_PASS_MESSAGE(a->message), a->now,
                         PAYSIG_WANT_REPLAY_KEY | PAYSIG_WANT_COVERED, OUT(a), (paysig_verified *)a->result, a->err);
}
static paysig_status run_handshake(arguments *a) {
    return paysig_handshake(a->verifier, PAYSIG_PASS_MESSAGE(a->message), a->now, OUT(a), (paysig_answer *)a->result, a->err);
}
static paysig_status run_sign_packed(arguments *a) {
    return paysig_sign_packed(a->signer, a->packed, a->packed_len, a->message.body, a->message.body_len, OUT(a), a->err);
}
static paysig_status run_verify_packed(arguments *a) {
    return paysig_verify_packed(a->verifier, a->packed, a->packed_len, a->message.body, a->message.body_len, OUT(a),
                                a->err);
}
static paysig_status run_explain(arguments *a) {
    return paysig_explain(a->scheme, a->flow, a->keyring, PAYSIG_PASS_MESSAGE(a->message), a->now, OPTIONS(a), OUT(a),
                          a->err);
}
static paysig_status run_diagnose(arguments *a) {
    return paysig_diagnose(a->scheme, a->flow, a->keyring, NULL, PAYSIG_PASS_MESSAGE(a->message), a->now, OPTIONS(a), OUT(a),
                           a->err);
}
static paysig_status run_lint(arguments *a) { return paysig_lint(a->scheme, OUT(a), a->err); }
static paysig_status run_in_words(arguments *a) {
    return paysig_in_words(NULL, 0, a->text, a->text_len, OUT(a), a->err);
}
static paysig_status run_covered_in_words(arguments *a) {
    return paysig_in_words(a->text, a->text_len, NULL, 0, OUT(a), a->err);
}
static paysig_status run_stream_sign(arguments *a) {
    return paysig_stream_sign(a->signer, PAYSIG_PASS_HEAD(a->message), a->now, OPTIONS(a), (paysig_stream **)a->handle,
                              a->err);
}
static paysig_status run_stream_verify(arguments *a) {
    return paysig_stream_verify(a->verifier, PAYSIG_PASS_HEAD(a->message), PAYSIG_LENGTH_UNKNOWN, a->now,
                                (paysig_stream **)a->handle, a->err);
}
static paysig_status run_update(arguments *a) {
    return paysig_stream_update(a->signing, a->signature, a->signature_len, a->err);
}
static paysig_status run_signed(arguments *a) {
    return paysig_stream_signed(a->signing, OUT(a), (paysig_signed *)a->result, a->err);
}
static paysig_status run_verified(arguments *a) {
    return paysig_stream_verified(a->verifying, PAYSIG_WANT_COVERED, OUT(a), (paysig_verified *)a->result, a->err);
}
static paysig_status run_session(arguments *a) {
    return paysig_session_new(a->scheme, CREDENTIALS(a), NULL, 0, (paysig_session **)a->handle, a->err);
}
static paysig_status run_saved(arguments *a) {
    return paysig_session_new(a->scheme, NULL, 0, NULL, 0, a->text, a->text_len, (paysig_session **)a->handle, a->err);
}
static paysig_status run_next(arguments *a) {
    return paysig_session_next(a->session, a->now, OUT(a), (paysig_step *)a->result, a->err);
}
static paysig_status run_fetched(arguments *a) {
    return paysig_session_fetched(a->session, 200, a->signature, a->signature_len, a->now, a->err);
}
static paysig_status run_refused(arguments *a) { return paysig_session_refused(a->session, a->now, a->err); }
static paysig_status run_refused_token(arguments *a) {
    return paysig_session_refused_token(a->session, 1, a->now, a->err);
}
static paysig_status run_accepted(arguments *a) { return paysig_session_accepted(a->session, a->err); }
static paysig_status run_save(arguments *a) { return paysig_session_save(a->session, OUT(a), a->err); }

enum takes {
    SCHEME = 1,
    SIGNER = 2,
    VERIFIER = 4,
    KEYRING = 8,
    SESSION = 16,
    HEAD = 32,
    BODY = 64,
    OPTION = 128,
    CREDENTIAL = 256,
    TEXT = 512,
    BUFFER = 1024,
    RESULT = 2048,
    HANDLE = 4096,
    BYTES = 8192,
    FLOW = 16384,
    STREAM = 32768,
    PACKED = 65536,
    READY = 131072 /* succeeds with the arguments of `good` */
};
#define MESSAGE (HEAD | BODY)

static const struct function {
    const char *name;
    paysig_status (*run)(arguments *);
    unsigned takes;
} functions[] = {
    {"scheme_builtin", run_builtin, TEXT | HANDLE},
    {"scheme_from_toml", run_toml, TEXT | HANDLE},
    {"scheme_from_toml (file)", run_toml_file, TEXT | HANDLE},
    {"catalogue", run_catalogue, BUFFER | READY},
    {"recipe", run_recipe, TEXT | BUFFER | READY},
    {"signer_new", run_signer, SCHEME | FLOW | CREDENTIAL | OPTION | HANDLE},
    {"sign", run_sign, SIGNER | MESSAGE | OPTION | BUFFER | RESULT | READY},
    {"prepare", run_prepare, SIGNER | MESSAGE | OPTION | BUFFER | RESULT | READY},
    {"finish", run_finish, SIGNER | BYTES | MESSAGE | OPTION | BUFFER | RESULT | READY},
    {"keyring_new", run_keyring, HANDLE},
    {"keyring_add", run_add, KEYRING | CREDENTIAL},
    {"verifier_new", run_verifier, SCHEME | FLOW | KEYRING | OPTION | HANDLE},
    {"verifier_with_keys", run_with_keys, VERIFIER | KEYRING | HANDLE},
    {"verify", run_verify, VERIFIER | MESSAGE | BUFFER | RESULT},
    {"handshake", run_handshake, VERIFIER | MESSAGE | BUFFER | RESULT},
    {"sign_packed", run_sign_packed, SIGNER | PACKED | BODY | BUFFER | READY},
    {"verify_packed", run_verify_packed, VERIFIER | PACKED | BODY | BUFFER},
    {"explain", run_explain, SCHEME | FLOW | KEYRING | MESSAGE | OPTION | BUFFER | READY},
    {"diagnose", run_diagnose, SCHEME | FLOW | KEYRING | MESSAGE | OPTION | BUFFER | READY},
    {"lint", run_lint, SCHEME | BUFFER | READY},
    {"in_words", run_in_words, TEXT | BUFFER | READY},
    {"in_words (covered)", run_covered_in_words, TEXT | BUFFER},
    {"stream_sign", run_stream_sign, SIGNER | HEAD | OPTION | HANDLE},
    {"stream_verify", run_stream_verify, VERIFIER | HEAD | HANDLE},
    {"stream_update", run_update, STREAM | BYTES},
    {"stream_signed", run_signed, STREAM | BUFFER | RESULT},
    {"stream_verified", run_verified, STREAM | BUFFER | RESULT},
    {"session_new", run_session, SCHEME | CREDENTIAL | HANDLE},
    {"session_new (saved)", run_saved, SCHEME | TEXT | HANDLE},
    {"session_next", run_next, SESSION | BUFFER | RESULT | READY},
    {"session_fetched", run_fetched, SESSION | BYTES},
    {"session_refused", run_refused, SESSION},
    {"session_refused_token", run_refused_token, SESSION},
    {"session_accepted", run_accepted, SESSION},
    {"session_save", run_save, SESSION | BUFFER | READY},
};

static arguments good;
static char out[65536];
static size_t out_len;
static union {
    paysig_signed of_sign;
    paysig_prepared of_prepare;
    paysig_verified of_verify;
    paysig_answer of_handshake;
    paysig_step of_step;
} result;
static void *handle;
static paysig_error error = PAYSIG_ERROR_INIT;

/* Runs a function with one argument spoilt and expects a status; `field` is what the error must name. */
static void expect(int line, const struct function *f, arguments *a, paysig_status wanted, const char *field) {
    paysig_status got;
    char what[128];
    memset(&error, 0x55, sizeof error);
    error.struct_size = sizeof error;
    handle = &error;
    got = f->run(a);
    snprintf(what, sizeof what, "%s, %s", f->name, field == NULL ? "" : field);
    status_at(line, got, wanted, what);
    if ((f->takes & HANDLE) != 0 && a->handle != NULL && wanted != PAYSIG_ABI_MISMATCH)
        check_at(line, handle == NULL, "the handle is NULL after a failure");
    if (a->err == NULL || wanted == PAYSIG_ABI_MISMATCH) return;
    check_at(line, error.status == wanted, "the error holds the status");
    check_at(line, memchr(error.message, 0, sizeof error.message) != NULL, "the message ends");
    if (field != NULL) check_at(line, strcmp(error.field, field) == 0, error.field);
}

#define SPOIL(set, status, field)                                                                                      \
    do {                                                                                                               \
        arguments a = good;                                                                                            \
        set;                                                                                                           \
        expect(__LINE__, f, &a, status, field);                                                                        \
    } while (0)

/* The rules of one (pointer, length) pair. */
#define SLICE(pointer, length, field)                                                                                  \
    do {                                                                                                               \
        SPOIL(a.pointer = NULL; a.length = 1, PAYSIG_NULL_ARGUMENT, field);                                            \
        SPOIL(a.pointer = "x"; a.length = SIZE_MAX, PAYSIG_INVALID_OPTION, field);                                     \
        SPOIL(a.pointer = "x"; a.length = SIZE_MAX / 2 + 1, PAYSIG_INVALID_OPTION, field);                             \
    } while (0)

/* The rules of pairs. */
#define PAIRS(x, field)                                                                                                \
    do {                                                                                                               \
        SPOIL(a.x = NULL; a.x##_len = 1, PAYSIG_NULL_ARGUMENT, field);                                                 \
        SPOIL(a.x = "x"; a.x##_len = SIZE_MAX, PAYSIG_INVALID_OPTION, field);                                          \
        SPOIL(a.x##_lens = NULL; a.x##_n = 2, PAYSIG_NULL_ARGUMENT, field);                                            \
        SPOIL(a.x##_lens = ones; a.x##_n = 1, PAYSIG_INVALID_OPTION, field);                                           \
        SPOIL(a.x = "abc"; a.x##_len = 3; a.x##_lens = ones; a.x##_n = 2, PAYSIG_INVALID_OPTION, field);               \
        SPOIL(a.x = "a"; a.x##_len = 1; a.x##_lens = ones; a.x##_n = 2, PAYSIG_INVALID_OPTION, field);                 \
        SPOIL(a.x = "a"; a.x##_len = 1; a.x##_lens = huge; a.x##_n = 2, PAYSIG_INVALID_OPTION, field);                 \
        SPOIL(a.x##_lens = ones; a.x##_n = SIZE_MAX - 1, PAYSIG_INVALID_OPTION, field);                                \
        SPOIL(a.x##_lens = ones; a.x##_n = SIZE_MAX / 4 + 1, PAYSIG_INVALID_OPTION, field);                            \
        SPOIL(a.x##_n = SIZE_MAX, PAYSIG_INVALID_OPTION, field);                                                       \
    } while (0)

static void inputs(const struct function *f) {
    static const uint32_t ones[2] = {1, 1}, huge[2] = {UINT32_MAX, UINT32_MAX};
    if (f->takes & SCHEME) SPOIL(a.scheme = NULL, PAYSIG_NULL_ARGUMENT, "scheme");
    if (f->takes & SIGNER) SPOIL(a.signer = NULL, PAYSIG_NULL_ARGUMENT, "signer");
    if (f->takes & VERIFIER) SPOIL(a.verifier = NULL, PAYSIG_NULL_ARGUMENT, "verifier");
    if (f->takes & KEYRING) SPOIL(a.keyring = NULL, PAYSIG_NULL_ARGUMENT, "keyring");
    if (f->takes & SESSION) SPOIL(a.session = NULL, PAYSIG_NULL_ARGUMENT, "session");
    if (f->takes & STREAM) SPOIL(a.signing = a.verifying = NULL, PAYSIG_NULL_ARGUMENT, "stream");
    if (f->takes & HANDLE) SPOIL(a.handle = NULL, PAYSIG_NULL_ARGUMENT, "out");
    if (f->takes & FLOW) {
        SPOIL(a.flow = 0, PAYSIG_UNSUPPORTED_FLOW, "flow");
        SPOIL(a.flow = 4, PAYSIG_UNSUPPORTED_FLOW, "flow");
        SPOIL(a.flow = UINT32_MAX, PAYSIG_UNSUPPORTED_FLOW, "flow");
    }
    if (f->takes & HEAD) {
        SLICE(message.method, message.method_len, "method");
        SLICE(message.target, message.target_len, "target");
        SLICE(message.url, message.url_len, "url");
        PAIRS(message.headers, "headers");
        SPOIL(a.message.method = "\xff"; a.message.method_len = 1, PAYSIG_INVALID_UTF8, "method");
        SPOIL(a.message.url = "http://\xc3("; a.message.url_len = 9, PAYSIG_INVALID_UTF8, "url");
    }
    if (f->takes & PACKED) SLICE(packed, packed_len, "packed");
    if (f->takes & BODY) SLICE(message.body, message.body_len, "body");
    if (f->takes & OPTION) {
        PAIRS(options, "options");
        SPOIL(a.options = "\xff" "1"; a.options_len = 2; a.options_lens = ones; a.options_n = 2, PAYSIG_INVALID_UTF8,
              "options");
        SPOIL(a.options = "xy"; a.options_len = 2; a.options_lens = ones; a.options_n = 2, PAYSIG_INVALID_OPTION, "x");
    }
    if (f->takes & CREDENTIAL) {
        PAIRS(credentials, "credentials");
        SPOIL(a.credentials = "\xff" "1"; a.credentials_len = 2; a.credentials_lens = ones; a.credentials_n = 2,
              PAYSIG_INVALID_UTF8, "credentials");
    }
    if (f->takes & TEXT) {
        SPOIL(a.text = NULL; a.text_len = 1, PAYSIG_NULL_ARGUMENT, NULL);
        SPOIL(a.text_len = SIZE_MAX, PAYSIG_INVALID_OPTION, NULL);
        SPOIL(a.text = "\xc3\x28"; a.text_len = 2, PAYSIG_INVALID_UTF8, NULL);
    }
    if (f->takes & BYTES) {
        SPOIL(a.signature = NULL; a.signature_len = 1, PAYSIG_NULL_ARGUMENT, NULL);
        SPOIL(a.signature_len = SIZE_MAX, PAYSIG_INVALID_OPTION, NULL);
    }
    {
        /* An error struct that was not initialised is refused before anything else, and nothing is written to it. */
        paysig_error small = PAYSIG_ERROR_INIT;
        small.struct_size = sizeof small - 1;
        small.status = 77;
        SPOIL(a.err = &small, PAYSIG_ABI_MISMATCH, NULL);
        check_at(__LINE__, small.status == 77, f->name);
    }
    if (f->takes & SESSION) SPOIL(a.session = NULL; a.err = NULL, PAYSIG_NULL_ARGUMENT, NULL);
}

/* Buffers that are missing or too small, and results that were not initialised, change nothing. */
static void outputs(const struct function *f) {
    paysig_status got;
    size_t needed, i;
    arguments a = good;
    SPOIL(a.out_len = NULL, PAYSIG_NULL_ARGUMENT, "out_len");
    SPOIL(a.out = NULL, PAYSIG_NULL_ARGUMENT, "out");
    if (f->takes & RESULT) {
        SPOIL(a.result = NULL, PAYSIG_NULL_ARGUMENT, "result");
        result.of_sign.struct_size = 0;
        SPOIL(a.now = 5, PAYSIG_ABI_MISMATCH, NULL);
        result.of_sign.struct_size = sizeof result;
    }
    if ((f->takes & READY) == 0) return;
    memset(out, 0x5a, sizeof out);
    memset((char *)&result + 4, 0x5a, sizeof result - 4);
    a.out = NULL;
    a.cap = 0;
    STATUS(f->run(&a), PAYSIG_BUFFER_TOO_SMALL);
    needed = out_len;
    check_at(__LINE__, needed > 0 && needed <= sizeof out, f->name);
    if (needed > sizeof out) return;
    a.out = out;
    for (i = 0; i < 3; i++) {
        a.cap = i == 0 ? 0 : i == 1 ? needed / 2 : needed - 1;
        STATUS(f->run(&a), PAYSIG_BUFFER_TOO_SMALL);
        check_at(__LINE__, out_len == needed, f->name);
    }
    for (i = 0, got = 0; i < sizeof out; i++) got |= out[i] != 0x5a;
    for (i = 4; i < sizeof result; i++) got |= ((char *)&result)[i] != 0x5a;
    check_at(__LINE__, got == 0, f->name);
    a.cap = needed;
    STATUS(f->run(&a), PAYSIG_OK);
    for (i = needed; i < sizeof out; i++) got |= out[i] != 0x5a;
    check_at(__LINE__, got == 0, f->name);
}

int main(void) {
    static char moved[64];
    paysig_scheme *d24 = NULL, *pledg = NULL;
    paysig_signer *signer = NULL;
    paysig_verifier *verifier = NULL;
    paysig_keyring *ring = NULL;
    const char *body = "{\"amount\":\"1.50\"}";
    size_t i;
    PAYSIG_PAIRS(keys, 2, 64);
    PAYSIG_PAIRS(client, 2, 64);
    PAYSIG_PAIRS(headers, 2, 64);
    paysig_pairs_add(&keys, "login", "shop-login");
    paysig_pairs_add(&keys, "secret", "api-signature");
    paysig_pairs_add(&client, "api_key", "shop");
    paysig_pairs_add(&client, "api_secret", "s3cret");
    /* Header text is bytes, and the lengths stand at an odd address. */
    paysig_pairs_add(&headers, "Content-Type", "application/json");
    paysig_pairs_add(&headers, "X-Name", "J\xf6rg");
    memcpy(moved + 1, headers.lens, headers.n * 4);

    STATUS(paysig_scheme_builtin(PAYSIG_TEXT("directa24-deposits"), &d24, NULL), PAYSIG_OK);
    STATUS(paysig_scheme_builtin(PAYSIG_TEXT("pledg-token"), &pledg, NULL), PAYSIG_OK);
    STATUS(paysig_signer_new(d24, PAYSIG_REQUEST, PAYSIG_PASS(keys), PAYSIG_NO_PAIRS, &signer, NULL), PAYSIG_OK);
    STATUS(paysig_keyring_new(&ring, NULL), PAYSIG_OK);
    STATUS(paysig_keyring_add(ring, PAYSIG_PASS(keys), PAYSIG_TIME_NONE, PAYSIG_TIME_NONE, NULL), PAYSIG_OK);
    STATUS(paysig_verifier_new(d24, PAYSIG_REQUEST, ring, PAYSIG_NO_PAIRS, &verifier, NULL), PAYSIG_OK);
    good.scheme = d24;
    good.signer = signer;
    good.verifier = verifier;
    good.keyring = ring;
    good.flow = PAYSIG_REQUEST;
    good.message = paysig_message_of("POST", "/v3/d\xe9posits", &headers, PAYSIG_TEXT(body));
    good.message.headers_lens = moved + 1;
    /* As long as the MAC that a finished signature must be. */
    good.signature = "0123456789abcdef0123456789abcdef";
    good.signature_len = 32;
    good.now = NOW;
    good.credentials = keys.bytes;
    good.credentials_len = keys.bytes_len;
    good.credentials_lens = keys.lens;
    good.credentials_n = keys.n;
    good.packed = "\0\4POST\1/\0\0";
    good.packed_len = 10;
    good.text = "github";
    good.text_len = 6;
    good.out = out;
    good.cap = sizeof out;
    good.out_len = &out_len;
    good.result = &result;
    good.handle = &handle;
    good.err = &error;
    result.of_sign.struct_size = sizeof result;
    STATUS(paysig_session_new(pledg, PAYSIG_PASS(client), NULL, 0, &good.session, NULL), PAYSIG_OK);
    STATUS(run_stream_sign(&good), PAYSIG_OK);
    good.signing = (paysig_stream *)handle;
    {
        PAYSIG_PAIRS(given, 3, 256);
        paysig_message message;
        paysig_pairs_add(&given, "X-Date", "2026-01-02T03:04:05Z");
        paysig_pairs_add(&given, "X-Login", "shop-login");
        paysig_pairs_add(&given, "Authorization",
                         "D24 cbed6bb7c253922ea3d04b87937ba3311cf31210d53b222dcfb80e21370967ed");
        message = paysig_message_of("POST", "/", &given, NULL, 0);
        STATUS(paysig_stream_verify(verifier, PAYSIG_PASS_HEAD(message), PAYSIG_LENGTH_UNKNOWN, NOW, &good.verifying,
                                    NULL),
               PAYSIG_OK);
    }

    for (i = 0; i < sizeof functions / sizeof functions[0]; i++) {
        inputs(&functions[i]);
        if (functions[i].takes & BUFFER) outputs(&functions[i]);
    }
    /* (NULL, 0) is empty everywhere: a message without anything is judged, not refused as a call. */
    {
        paysig_message nothing = {NULL, 0, NULL, 0, NULL, 0, NULL, 0, NULL, 0, NULL, 0};
        STATUS(paysig_verify(verifier, PAYSIG_PASS_MESSAGE(nothing), NOW, 0, NULL, 0, NULL, NULL, NULL),
               PAYSIG_MISSING_SIGNATURE);
        STATUS(paysig_verify(verifier, PAYSIG_PASS_MESSAGE(nothing), NOW, 8, NULL, 0, NULL, NULL, &error),
               PAYSIG_INVALID_OPTION);
        CHECK(strcmp(error.field, "want") == 0);
    }
    paysig_scheme_free(NULL);
    paysig_signer_free(NULL);
    paysig_keyring_free(NULL);
    paysig_verifier_free(NULL);
    paysig_stream_free(NULL);
    paysig_session_free(NULL);

    paysig_stream_free(good.signing);
    paysig_stream_free(good.verifying);
    paysig_session_free(good.session);
    paysig_verifier_free(verifier);
    paysig_keyring_free(ring);
    paysig_signer_free(signer);
    paysig_scheme_free(pledg);
    paysig_scheme_free(d24);
    return report("misuse");
}
