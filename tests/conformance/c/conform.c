/* The conformance protocol in C: one JSON object a line in, one out, in order. */
#include "wire.h"
#include <jansson.h>
#include <paysig.h>
#include <stdlib.h>

#define ROOM ((size_t)8 << 20)

/* One question under work. The arena holds every text that had to be converted; it is emptied for each line. */
static char *arena;
static size_t arena_used;
static char *out;
static size_t out_len;
static paysig_status status;
static paysig_error error = PAYSIG_ERROR_INIT;
static int latin1;

static void *take(size_t size) {
    void *piece = arena + arena_used;
    arena_used += size;
    if (arena_used > ROOM) {
        fputs("conform: line too large\n", stderr);
        exit(2);
    }
    return piece;
}

/* Notes the first thing that is wrong with the line. Gives 0. */
static int wrong(const char *message) {
    if (status == PAYSIG_OK) {
        status = PAYSIG_INVALID_OPTION;
        snprintf(error.message, sizeof error.message, "%s", message);
        error.field[0] = 0;
    }
    return 0;
}

/* Notes the outcome of a call. */
static int good(paysig_status outcome) {
    if (status == PAYSIG_OK) status = outcome;
    return status == PAYSIG_OK;
}

/* ---- Reading a line: strictly; a member that does not exist is an error ---- */

static int only(const json_t *object, const char *const *known) {
    const char *name;
    json_t *value;
    if (!json_is_object(object)) return wrong("not an object");
    json_object_foreach((json_t *)object, name, value) {
        size_t i = 0;
        while (known[i] != NULL && strcmp(known[i], name) != 0) i++;
        if (known[i] == NULL) return wrong("unknown member");
    }
    return 1;
}

static json_t *member(const json_t *object, const char *name) {
    json_t *value = json_object_get(object, name);
    return json_is_null(value) ? NULL : value;
}

/* The text of a member, or NULL if it is absent. */
static const char *text(const json_t *object, const char *name, size_t *len) {
    json_t *value = member(object, name);
    *len = 0;
    if (value == NULL) return NULL;
    if (!json_is_string(value)) {
        wrong("a member has the wrong type");
        return NULL;
    }
    *len = json_string_length(value);
    return json_string_value(value);
}

/* Text that is bytes on the wire. */
static const char *wire(const json_t *value, size_t *len) {
    unsigned char *bytes;
    long used;
    *len = 0;
    if (value == NULL) return NULL;
    if (!json_is_string(value)) {
        wrong("a member has the wrong type");
        return NULL;
    }
    *len = json_string_length(value);
    if (!latin1) return json_string_value(value);
    bytes = (unsigned char *)take(*len + 1);
    used = latin1_encode(json_string_value(value), *len, bytes);
    if (used < 0) wrong("a character is not in Latin-1");
    *len = used < 0 ? 0 : (size_t)used;
    return (const char *)bytes;
}

static paysig_pairs pairs(size_t count, size_t bytes) {
    paysig_pairs made = {NULL, 0, 0, NULL, 0, 0};
    made.lens = (uint32_t *)take(2 * count * sizeof(uint32_t));
    made.n_cap = 2 * count;
    made.bytes = (char *)take((bytes + 7) & ~(size_t)7);
    made.bytes_cap = bytes;
    return made;
}

static paysig_pairs credentials_of(const json_t *object) {
    const char *name;
    json_t *value;
    paysig_pairs made;
    size_t bytes = 0;
    if (object != NULL && !json_is_object(object)) wrong("credentials are an object");
    json_object_foreach((json_t *)object, name, value) {
        if (!json_is_string(value)) wrong("a credential is not text");
        bytes += strlen(name) + json_string_length(value);
    }
    made = pairs(json_object_size(object), bytes);
    json_object_foreach((json_t *)object, name, value) paysig_pairs_add_bytes(
        &made, name, strlen(name), json_string_value(value), json_string_length(value));
    return made;
}

static int64_t time_of(const json_t *object, const char *name) {
    size_t len;
    const char *value = text(object, name, &len);
    int64_t ms = PAYSIG_TIME_NONE;
    if (value != NULL && time_read(value, len, &ms) != 0) wrong("not an RFC 3339 time");
    return ms;
}

static paysig_message message_of(const json_t *line) {
    static const char *const known[] = {"method", "target", "url", "headers", "body", "body_base64", "status", NULL};
    paysig_message made = {NULL, 0, NULL, 0, NULL, 0, NULL, 0, NULL, 0, NULL, 0};
    json_t *message = member(line, "message"), *list, *header;
    paysig_pairs headers;
    const char *body, *base64;
    size_t i, len, bytes = 0;
    if (message == NULL || !only(message, known)) return made;
    made.method = text(message, "method", &made.method_len);
    made.target = wire(member(message, "target"), &made.target_len);
    made.url = text(message, "url", &made.url_len);
    list = member(message, "headers");
    if (list != NULL && !json_is_array(list)) wrong("headers are a list");
    json_array_foreach(list, i, header) {
        if (json_array_size(header) != 2) wrong("a header is a name and a value");
        bytes += json_string_length(json_array_get(header, 0)) + json_string_length(json_array_get(header, 1));
    }
    headers = pairs(json_array_size(list), bytes);
    json_array_foreach(list, i, header) {
        size_t value_len;
        const char *name = wire(json_array_get(header, 0), &len);
        const char *value = wire(json_array_get(header, 1), &value_len);
        paysig_pairs_add_bytes(&headers, name, len, value, value_len);
    }
    made.headers = headers.bytes;
    made.headers_len = headers.bytes_len;
    made.headers_lens = headers.lens;
    made.headers_n = headers.n;
    body = text(message, "body", &made.body_len);
    base64 = text(message, "body_base64", &len);
    made.body = body;
    if (body != NULL && base64 != NULL) wrong("body and body_base64 exclude each other");
    if (base64 != NULL) {
        unsigned char *decoded = (unsigned char *)take(len + 1);
        long used = base64_decode(base64, len, decoded);
        if (used < 0) wrong("body_base64 is not base64");
        made.body = decoded;
        made.body_len = used < 0 ? 0 : (size_t)used;
    }
    return made;
}

static uint32_t flow_of(const json_t *line) {
    size_t len;
    const char *flow = text(line, "flow", &len);
    if (flow == NULL || strcmp(flow, "request") == 0) return PAYSIG_REQUEST;
    if (strcmp(flow, "webhook") == 0) return PAYSIG_WEBHOOK;
    if (strcmp(flow, "response") == 0) return PAYSIG_RESPONSE;
    wrong("flow is not known");
    return 0;
}

static paysig_scheme *scheme_of(const json_t *line) {
    size_t id_len, toml_len;
    const char *id = text(line, "scheme", &id_len), *toml = text(line, "recipe", &toml_len);
    paysig_scheme *made = NULL;
    if (status != PAYSIG_OK) return NULL;
    if ((id == NULL) == (toml == NULL))
        wrong("give either scheme or recipe");
    else if (id != NULL)
        good(paysig_scheme_builtin(id, id_len, &made, &error));
    else
        good(paysig_scheme_from_toml(toml, toml_len, NULL, 0, &made, &error));
    return made;
}

static void add_variants(const json_t *line, paysig_pairs *options) {
    json_t *list = member(line, "variants"), *variant;
    size_t i;
    if (list != NULL && !json_is_array(list)) wrong("variants are a list");
    json_array_foreach(list, i, variant) {
        if (!json_is_string(variant)) wrong("a variant is not text");
        else paysig_pairs_add(options, "variant", json_string_value(variant));
    }
}

/* An option that is a number, as text. */
static void add_number(const json_t *line, const char *name, const char *option, paysig_pairs *options) {
    json_t *value = member(line, name);
    char digits[24];
    if (value == NULL) return;
    if (!json_is_integer(value) || json_integer_value(value) < 0 || json_integer_value(value) > UINT32_MAX) {
        wrong("a number is out of range");
        return;
    }
    snprintf(digits, sizeof digits, "%lld", (long long)json_integer_value(value));
    paysig_pairs_add(options, option, digits);
}

static void add_sign_options(const json_t *line, paysig_pairs *options) {
    static const char *const names[] = {"nonce", "timestamp_text", "payload", NULL};
    const char *value;
    size_t i, len;
    for (i = 0; names[i] != NULL; i++) {
        value = text(line, names[i], &len);
        if (value != NULL) paysig_pairs_add_bytes(options, names[i], strlen(names[i]), value, len);
    }
    add_number(line, "expires_in", "expires_in", options);
    value = text(line, "padding_hex", &len);
    if (value != NULL) {
        unsigned char *bytes = (unsigned char *)take(len + 1);
        long used = hex_decode(value, len, bytes);
        if (used < 0) wrong("padding_hex is not hex");
        else paysig_pairs_add_bytes(options, "padding", 7, bytes, (size_t)used);
    }
}

/* One set of values, from `credentials`. */
static paysig_pairs one_key(const json_t *line) {
    if (member(line, "keys") != NULL) wrong("this op takes credentials, not keys");
    return credentials_of(member(line, "credentials"));
}

static paysig_keyring *ring_of(const json_t *line) {
    static const char *const known[] = {"credentials", "not_before", "not_after", NULL};
    json_t *list = member(line, "keys"), *key;
    paysig_keyring *ring = NULL;
    size_t i;
    if (list != NULL && (member(line, "credentials") != NULL || !json_is_array(list)))
        wrong("credentials and keys exclude each other");
    if (!good(paysig_keyring_new(&ring, &error))) return ring;
    if (list == NULL) {
        paysig_pairs values = credentials_of(member(line, "credentials"));
        good(paysig_keyring_add(ring, PAYSIG_PASS(values), PAYSIG_TIME_NONE, PAYSIG_TIME_NONE, &error));
    }
    json_array_foreach(list, i, key) {
        paysig_pairs values;
        int64_t from, to;
        if (!only(key, known)) break;
        values = credentials_of(member(key, "credentials"));
        from = time_of(key, "not_before");
        to = time_of(key, "not_after");
        good(paysig_keyring_add(ring, PAYSIG_PASS(values), from, to, &error));
    }
    return ring;
}

/* ---- Writing an answer ---- */

static FILE *answer;

static void put_json(const json_t *value) { json_dumpf(value, answer, JSON_COMPACT | JSON_ENCODE_ANY); }

static void put_text(const char *bytes, size_t len) {
    json_t *string = json_stringn(bytes, len);
    put_json(string);
    json_decref(string);
}

static void put_wire(const char *bytes, size_t len) {
    if (latin1) {
        char *decoded = (char *)take(2 * len + 1);
        len = latin1_decode(bytes, len, decoded);
        bytes = decoded;
    }
    put_text(bytes, len);
}

/* Text, or under another name base64. */
static void put_bytes(const char *name, const char *bytes, size_t len) {
    json_t *string = json_stringn(bytes, len);
    if (string != NULL) {
        fprintf(answer, ",\"%s\":", name);
        put_json(string);
        json_decref(string);
    } else {
        char *encoded = (char *)take(len / 3 * 4 + 8);
        base64_encode(bytes, len, encoded);
        fprintf(answer, ",\"%s_base64\":\"%s\"", name, encoded);
    }
}

/* JSON that is there already. Line ends in it are space between tokens, and an answer is one line. */
static void put_raw(const char *name, paysig_span span) {
    size_t i;
    for (i = 0; i < span.length; i++)
        if (out[span.offset + i] == '\n' || out[span.offset + i] == '\r') out[span.offset + i] = ' ';
    fprintf(answer, ",\"%s\":%.*s", name, (int)span.length, out + span.offset);
}

static void put_headers(paysig_span span) {
    paysig_header header;
    size_t at = 0;
    fputs(",\"headers\":[", answer);
    while (paysig_next_header(out, span, &at, &header)) {
        fputs(header.line == out + span.offset ? "[" : ",[", answer);
        put_wire(header.name, header.name_len);
        fputc(',', answer);
        put_wire(header.value, header.value_len);
        fputc(']', answer);
    }
    fputc(']', answer);
}

/* ---- The operations ---- */

static int explained(const json_t *line, const paysig_scheme *scheme, const paysig_message *message) {
    paysig_pairs options = pairs(32, 1 << 20);
    paysig_keyring *ring = ring_of(line);
    int64_t now = time_of(line, "now");
    add_variants(line, &options);
    add_sign_options(line, &options);
    if (status == PAYSIG_OK)
        good(paysig_explain(scheme, flow_of(line), ring, PAYSIG_PASS_MESSAGE(*message), now, PAYSIG_PASS(options), out, ROOM,
                            &out_len, &error));
    paysig_keyring_free(ring);
    return status == PAYSIG_OK;
}

/* What an answer holds of the explanation, behind its other members. */
static void put_explanation(int with_parts) {
    json_t *explanation = json_loadb(out, out_len, JSON_ALLOW_NUL, NULL), *value;
    const char *name;
    json_object_del(explanation, "nested");
    json_object_del(explanation, "covered");
    if (!with_parts) json_object_del(explanation, "parts");
    json_object_foreach(explanation, name, value) {
        fprintf(answer, ",\"%s\":", name);
        put_json(value);
    }
    json_decref(explanation);
}

static void op_sign(const json_t *line, const paysig_scheme *scheme) {
    paysig_pairs keys = one_key(line), setting = pairs(32, 4096), options = pairs(32, 1 << 20);
    paysig_signed result = PAYSIG_SIGNED_INIT;
    paysig_signer *signer = NULL;
    paysig_message message = message_of(line);
    uint32_t flow = flow_of(line);
    int64_t now;
    add_variants(line, &setting);
    if (status == PAYSIG_OK)
        good(paysig_signer_new(scheme, flow, PAYSIG_PASS(keys), PAYSIG_PASS(setting), &signer, &error));
    now = time_of(line, "now");
    add_sign_options(line, &options);
    /* Nothing is invented here. */
    if (member(line, "nonce") == NULL) paysig_pairs_add(&options, "nonce", "");
    if (status == PAYSIG_OK &&
        good(paysig_sign(signer, PAYSIG_PASS_MESSAGE(message), now, PAYSIG_PASS(options), out, ROOM, &out_len, &result,
                         &error))) {
        put_headers(result.headers);
        if (result.present & PAYSIG_SIGNED_TARGET) {
            fputs(",\"target\":", answer);
            put_wire(out + result.target.offset, result.target.length);
        }
        if (result.present & PAYSIG_SIGNED_BODY) put_bytes("body", out + result.body.offset, result.body.length);
        if (result.present & PAYSIG_SIGNED_BODY_MEMBERS) put_raw("body_members", result.body_members);
        if (explained(line, scheme, &message)) put_explanation(0);
    }
    paysig_signer_free(signer);
}

static void op_verify(const json_t *line, const paysig_scheme *scheme) {
    paysig_keyring *ring = ring_of(line);
    paysig_pairs options = pairs(32, 4096);
    paysig_verified result = PAYSIG_VERIFIED_INIT;
    paysig_verifier *verifier = NULL;
    paysig_message message = message_of(line);
    uint32_t flow = flow_of(line);
    int64_t now;
    add_variants(line, &options);
    add_number(line, "tolerance_seconds", "tolerance", &options);
    if (status == PAYSIG_OK)
        good(paysig_verifier_new(scheme, flow, ring, PAYSIG_PASS(options), &verifier, &error));
    now = time_of(line, "now");
    if (status == PAYSIG_OK &&
        good(paysig_verify(verifier, PAYSIG_PASS_MESSAGE(message), now,
                           PAYSIG_WANT_REPLAY_KEY | PAYSIG_WANT_COVERED | PAYSIG_WANT_SIGNED_JSON, out, ROOM, &out_len,
                           &result, &error))) {
        if (result.present & PAYSIG_VERIFIED_KEY_ID) {
            fputs(",\"key_id\":", answer);
            put_text(out + result.key_id.offset, result.key_id.length);
        }
        if (result.present & PAYSIG_VERIFIED_TIMESTAMP) {
            char time[32];
            time_write(result.timestamp_ms, time);
            fprintf(answer, ",\"timestamp\":\"%s\"", time);
        }
        put_raw("covered", result.covered);
        if (result.present & PAYSIG_VERIFIED_SIGNED_JSON) put_raw("signed_json", result.signed_json);
        fprintf(answer, ",\"replay_key\":\"%.*s\"", (int)result.replay_key.length, out + result.replay_key.offset);
    }
    paysig_verifier_free(verifier);
    paysig_keyring_free(ring);
}

static void op_explain(const json_t *line, const paysig_scheme *scheme) {
    paysig_message message = message_of(line);
    if (!explained(line, scheme, &message)) return;
    put_explanation(1);
}

static void op_token_request(const json_t *line, const paysig_scheme *scheme) {
    paysig_pairs keys = one_key(line);
    paysig_step result = PAYSIG_STEP_INIT;
    paysig_session *session = NULL;
    int64_t now = time_of(line, "now");
    if (status == PAYSIG_OK && good(paysig_session_new(scheme, PAYSIG_PASS(keys), NULL, 0, &session, &error)) &&
        good(paysig_session_next(session, now, out, ROOM, &out_len, &result, &error))) {
        fputs(",\"method\":", answer);
        put_text(out + result.method.offset, result.method.length);
        fputs(",\"target\":", answer);
        put_text(out + result.target.offset, result.target.length);
        put_headers(result.headers);
        put_bytes("body", out + result.body.offset, result.body.length);
    }
    paysig_session_free(session);
}

static void op_diagnose(const json_t *line, const paysig_scheme *scheme) {
    paysig_keyring *ring = ring_of(line), *others = NULL;
    paysig_pairs options = pairs(32, 4096);
    paysig_message message = message_of(line);
    uint32_t flow = flow_of(line);
    int64_t now = time_of(line, "now");
    json_t *list = member(line, "other_keys"), *key, *diagnosis, *finding;
    size_t i;
    add_variants(line, &options);
    add_number(line, "tolerance_seconds", "tolerance", &options);
    if (list != NULL && !json_is_array(list)) wrong("other_keys are a list");
    good(paysig_keyring_new(&others, &error));
    json_array_foreach(list, i, key) {
        paysig_pairs values = credentials_of(key);
        good(paysig_keyring_add(others, PAYSIG_PASS(values), PAYSIG_TIME_NONE, PAYSIG_TIME_NONE, &error));
    }
    if (status == PAYSIG_OK && good(paysig_diagnose(scheme, flow, ring, others, PAYSIG_PASS_MESSAGE(message), now,
                                                    PAYSIG_PASS(options), out, ROOM, &out_len, &error))) {
        /* The answer holds less than there is. */
        diagnosis = json_loadb(out, out_len, JSON_ALLOW_NUL, NULL);
        fputs(",\"verdict\":", answer);
        put_json(member(diagnosis, "verdict"));
        fputs(",\"findings\":", answer);
        json_array_foreach(member(diagnosis, "findings"), i, finding) json_object_del(finding, "remedies");
        put_json(member(diagnosis, "findings"));
        json_decref(diagnosis);
    }
    paysig_keyring_free(others);
    paysig_keyring_free(ring);
}

static void work(const json_t *line) {
    static const char *const known[] = {"id",      "op",          "scheme",        "recipe",         "flow",
                                        "variants", "credentials", "keys",          "other_keys",     "message",
                                        "now",     "nonce",       "wire_encoding", "timestamp_text", "payload",
                                        "expires_in", "padding_hex", "tolerance_seconds", NULL};
    static const struct {
        const char *name;
        void (*run)(const json_t *, const paysig_scheme *);
    } ops[] = {{"sign", op_sign},
               {"verify", op_verify},
               {"explain", op_explain},
               {"token_request", op_token_request},
               {"diagnose", op_diagnose}};
    size_t len, i = 0;
    const char *op, *encoding;
    paysig_scheme *scheme;
    if (!only(line, known)) return;
    op = text(line, "op", &len);
    if (op == NULL) {
        wrong("op is missing");
        return;
    }
    encoding = text(line, "wire_encoding", &len);
    latin1 = encoding != NULL && strcmp(encoding, "latin-1") == 0;
    if (encoding != NULL && !latin1 && strcmp(encoding, "utf-8") != 0) wrong("wire_encoding is not known");
    while (i < sizeof ops / sizeof ops[0] && strcmp(ops[i].name, op) != 0) i++;
    if (i == sizeof ops / sizeof ops[0]) {
        wrong("op is not known");
        return;
    }
    scheme = scheme_of(line);
    if (status == PAYSIG_OK) ops[i].run(line, scheme);
    paysig_scheme_free(scheme);
}

int main(void) {
    char *line = NULL;
    size_t room = 0;
    ssize_t len;
    arena = (char *)malloc(ROOM);
    out = (char *)malloc(ROOM);
    if (arena == NULL || out == NULL) return 2;
    while ((len = getline(&line, &room, stdin)) > 0) {
        json_t *question;
        char *members = NULL;
        size_t members_len = 0;
        if (line[strspn(line, " \t\r\n")] == 0) continue;
        status = PAYSIG_OK;
        arena_used = 0;
        latin1 = 0;
        answer = open_memstream(&members, &members_len);
        if (answer == NULL) return 2;
        question = json_loadb(line, (size_t)len, JSON_ALLOW_NUL | JSON_DECODE_ANY, NULL);
        if (question == NULL) wrong("not JSON");
        else work(question);
        fclose(answer);
        answer = stdout;
        fputs("{\"id\":", stdout);
        if (json_object_get(question, "id") != NULL) put_json(json_object_get(question, "id"));
        else fputs("null", stdout);
        printf(",\"status\":\"%s\"", paysig_status_name(status));
        if (status == PAYSIG_OK) {
            fwrite(members, 1, members_len, stdout);
        } else {
            fputs(",\"detail\":", stdout);
            put_text(error.message, strlen(error.message));
        }
        fputs("}\n", stdout);
        fflush(stdout);
        json_decref(question);
        free(members);
    }
    free(line);
    free(out);
    free(arena);
    return 0;
}
