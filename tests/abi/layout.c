/* Sizes and places of everything that crosses the boundary by memory, on 64-bit machines, and all numbers: they never change
 * within a SONAME. */
#include <paysig.h>
#include <stdalign.h>

#define IS(type, size, align)                                                                                          \
    _Static_assert(sizeof(type) == (size), #type);                                                                     \
    _Static_assert(alignof(type) == (align), #type)
#define AT(type, member, offset) _Static_assert(offsetof(type, member) == (offset), #type "." #member)

IS(paysig_status, 4, 4);
IS(paysig_error, 320, 4);
AT(paysig_error, struct_size, 0);
AT(paysig_error, status, 4);
AT(paysig_error, http, 8);
AT(paysig_error, field, 16);
AT(paysig_error, message, 80);
IS(paysig_span, 16, 8);
AT(paysig_span, length, 8);
IS(paysig_signed, 136, 8);
AT(paysig_signed, present, 4);
AT(paysig_signed, headers, 8);
AT(paysig_signed, target, 24);
AT(paysig_signed, url, 40);
AT(paysig_signed, body, 56);
AT(paysig_signed, body_members, 72);
AT(paysig_signed, timestamp, 88);
AT(paysig_signed, nonce, 104);
AT(paysig_signed, key_id, 120);
IS(paysig_prepared, 40, 8);
AT(paysig_prepared, string_to_sign, 8);
AT(paysig_prepared, algorithm, 24);
IS(paysig_verified, 128, 8);
AT(paysig_verified, covers, 8);
AT(paysig_verified, key_index, 12);
AT(paysig_verified, items, 16);
AT(paysig_verified, timestamp_ms, 24);
AT(paysig_verified, key_id, 32);
AT(paysig_verified, replay_key, 48);
AT(paysig_verified, covered, 64);
AT(paysig_verified, signed_json, 80);
AT(paysig_verified, need_key_id, 96);
AT(paysig_verified, need_key_url, 112);
IS(paysig_answer, 72, 8);
AT(paysig_answer, present, 4);
AT(paysig_answer, content_type, 8);
AT(paysig_answer, body, 24);
AT(paysig_answer, need_key_id, 40);
AT(paysig_answer, need_key_url, 56);
IS(paysig_step, 80, 8);
AT(paysig_step, action, 4);
AT(paysig_step, until_ms, 8);
AT(paysig_step, method, 16);
AT(paysig_step, target, 32);
AT(paysig_step, headers, 48);
AT(paysig_step, body, 64);

#define NUMBER(name, value) _Static_assert((name) == (value), #name)

NUMBER(PAYSIG_OK, 0);
NUMBER(PAYSIG_SIGNATURE_MISMATCH, 1);
NUMBER(PAYSIG_TIMESTAMP_TOO_OLD, 2);
NUMBER(PAYSIG_TIMESTAMP_TOO_NEW, 3);
NUMBER(PAYSIG_MISSING_SIGNATURE, 4);
NUMBER(PAYSIG_MALFORMED_SIGNATURE, 5);
NUMBER(PAYSIG_MISSING_FIELD, 6);
NUMBER(PAYSIG_MALFORMED_FIELD, 7);
NUMBER(PAYSIG_DUPLICATE_FIELD, 8);
NUMBER(PAYSIG_UNKNOWN_KEY, 9);
NUMBER(PAYSIG_KEY_EXPIRED, 10);
NUMBER(PAYSIG_KEY_NOT_YET_VALID, 11);
NUMBER(PAYSIG_UNSUPPORTED_VERSION, 12);
NUMBER(PAYSIG_UNSUPPORTED_ALGORITHM, 13);
NUMBER(PAYSIG_CONTENT_REJECTED, 14);
NUMBER(PAYSIG_TOO_LARGE, 15);
NUMBER(PAYSIG_NEEDS_KEY, 16);
NUMBER(PAYSIG_UNVERIFIABLE, 17);
NUMBER(PAYSIG_REPLAYED, 18);
NUMBER(PAYSIG_UNKNOWN_SCHEME, 20);
NUMBER(PAYSIG_INVALID_RECIPE, 21);
NUMBER(PAYSIG_INVALID_CREDENTIALS, 22);
NUMBER(PAYSIG_UNSUPPORTED_FLOW, 23);
NUMBER(PAYSIG_INVALID_MESSAGE, 24);
NUMBER(PAYSIG_UNSUPPORTED, 25);
NUMBER(PAYSIG_INVALID_OPTION, 26);
NUMBER(PAYSIG_TOKEN_REFUSED, 27);
NUMBER(PAYSIG_TOKEN_RESPONSE_INVALID, 28);
NUMBER(PAYSIG_STORE_UNAVAILABLE, 29);
NUMBER(PAYSIG_NULL_ARGUMENT, 100);
NUMBER(PAYSIG_INVALID_UTF8, 101);
NUMBER(PAYSIG_BUFFER_TOO_SMALL, 102);
NUMBER(PAYSIG_ABI_MISMATCH, 103);
NUMBER(PAYSIG_INTERNAL, 255);
NUMBER(PAYSIG_REQUEST, 1);
NUMBER(PAYSIG_WEBHOOK, 2);
NUMBER(PAYSIG_RESPONSE, 3);
NUMBER(PAYSIG_WANT_REPLAY_KEY, 1);
NUMBER(PAYSIG_WANT_COVERED, 2);
NUMBER(PAYSIG_WANT_SIGNED_JSON, 4);
NUMBER(PAYSIG_SIGNED_HEADERS, 1);
NUMBER(PAYSIG_SIGNED_TARGET, 2);
NUMBER(PAYSIG_SIGNED_URL, 4);
NUMBER(PAYSIG_SIGNED_BODY, 8);
NUMBER(PAYSIG_SIGNED_BODY_MEMBERS, 16);
NUMBER(PAYSIG_SIGNED_TIMESTAMP, 32);
NUMBER(PAYSIG_SIGNED_NONCE, 64);
NUMBER(PAYSIG_SIGNED_KEY_ID, 128);
NUMBER(PAYSIG_VERIFIED_TIMESTAMP, 1);
NUMBER(PAYSIG_VERIFIED_KEY_ID, 2);
NUMBER(PAYSIG_VERIFIED_REPLAY_KEY, 4);
NUMBER(PAYSIG_VERIFIED_COVERED, 8);
NUMBER(PAYSIG_VERIFIED_SIGNED_JSON, 16);
NUMBER(PAYSIG_VERIFIED_NEED_KEY_ID, 32);
NUMBER(PAYSIG_VERIFIED_NEED_KEY_URL, 64);
NUMBER(PAYSIG_COVERS_METHOD, 1);
NUMBER(PAYSIG_COVERS_PATH, 2);
NUMBER(PAYSIG_COVERS_QUERY, 4);
NUMBER(PAYSIG_COVERS_BODY, 8);
NUMBER(PAYSIG_COVERS_BODY_MEMBERS, 16);
NUMBER(PAYSIG_COVERS_HEADERS, 32);
NUMBER(PAYSIG_ANSWER_BODY, 1);
NUMBER(PAYSIG_ANSWER_VERIFIED, 2);
NUMBER(PAYSIG_ANSWER_NEED_KEY_ID, 32);
NUMBER(PAYSIG_ANSWER_NEED_KEY_URL, 64);
NUMBER(PAYSIG_AUTHORIZE, 1);
NUMBER(PAYSIG_FETCH, 2);
NUMBER(PAYSIG_WAIT, 3);
NUMBER(PAYSIG_NOW_SYSTEM, INT64_MIN);
NUMBER(PAYSIG_TIME_NONE, INT64_MAX);
NUMBER(PAYSIG_LENGTH_UNKNOWN, UINT64_MAX);
