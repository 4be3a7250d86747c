/* What Go calls: paysig.h with the scalars of a call in one struct, so that few arguments cross and none of them is a Go pointer
 * inside Go memory. */
#ifndef PAYSIG_GO_CALL_H
#define PAYSIG_GO_CALL_H

#include <paysig.h>

/* One call's scalars and results, without pointers, so that Go may hand over a pointer into its own heap. */
typedef struct {
	size_t method_len, target_len, url_len, headers_len, headers_n, options_len, options_n, body_len;
	int64_t now;
	size_t out_len;
	paysig_signed sig;
	paysig_prepared prepared;
	paysig_verified verified;
	paysig_answer answer;
	paysig_step step;
	paysig_error error;
} go_call;

static inline void go_init(go_call *c) {
	c->out_len = 0;
	c->sig.struct_size = sizeof c->sig;
	c->prepared.struct_size = sizeof c->prepared;
	c->verified.struct_size = sizeof c->verified;
	c->answer.struct_size = sizeof c->answer;
	c->step.struct_size = sizeof c->step;
	c->error.struct_size = sizeof c->error;
	c->error.status = 0;
	c->verified.present = 0;
	c->sig.present = 0;
}

/* The message as one text, arena: method, target, url, headers, options; lens: of headers, then of options. */
#define ARENA_HEAD \
	arena, c->method_len, arena + c->method_len, c->target_len, arena + c->method_len + c->target_len, c->url_len, \
	arena + c->method_len + c->target_len + c->url_len, c->headers_len, lens, c->headers_n
#define ARENA_MESSAGE ARENA_HEAD, body, c->body_len
#define ARENA_OPTIONS \
	arena + c->method_len + c->target_len + c->url_len + c->headers_len, c->options_len, lens + c->headers_n, c->options_n

static inline paysig_status go_sign(const paysig_signer *s, go_call *c, const char *arena, const uint32_t *lens, const char *body, char *out, size_t cap) {
	go_init(c);
	return paysig_sign(s, ARENA_MESSAGE, c->now, ARENA_OPTIONS, out, cap, &c->out_len, &c->sig, &c->error);
}

static inline paysig_status go_prepare(const paysig_signer *s, go_call *c, const char *arena, const uint32_t *lens, const char *body, char *out, size_t cap) {
	go_init(c);
	return paysig_prepare(s, ARENA_MESSAGE, c->now, ARENA_OPTIONS, out, cap, &c->out_len, &c->prepared, &c->error);
}

static inline paysig_status go_finish(const paysig_signer *s, go_call *c, const char *signature, size_t signature_len, const char *arena, const uint32_t *lens, const char *body, char *out, size_t cap) {
	go_init(c);
	return paysig_finish(s, signature, signature_len, ARENA_MESSAGE, c->now, ARENA_OPTIONS, out, cap, &c->out_len, &c->sig, &c->error);
}

static inline paysig_status go_verify(const paysig_verifier *v, go_call *c, uint32_t want, const char *arena, const uint32_t *lens, const char *body, char *out, size_t cap) {
	go_init(c);
	return paysig_verify(v, ARENA_MESSAGE, c->now, want, out, cap, &c->out_len, &c->verified, &c->error);
}

static inline paysig_status go_handshake(const paysig_verifier *v, go_call *c, const char *arena, const uint32_t *lens, const char *body, char *out, size_t cap) {
	go_init(c);
	return paysig_handshake(v, ARENA_MESSAGE, c->now, out, cap, &c->out_len, &c->answer, &c->error);
}

static inline paysig_status go_explain(const paysig_scheme *s, uint32_t flow, const paysig_keyring *k, go_call *c, const char *arena, const uint32_t *lens, const char *body, char *out, size_t cap) {
	go_init(c);
	return paysig_explain(s, flow, k, ARENA_MESSAGE, c->now, ARENA_OPTIONS, out, cap, &c->out_len, &c->error);
}

static inline paysig_status go_diagnose(const paysig_scheme *s, uint32_t flow, const paysig_keyring *k, const paysig_keyring *others, go_call *c, const char *arena, const uint32_t *lens, const char *body, char *out, size_t cap) {
	go_init(c);
	return paysig_diagnose(s, flow, k, others, ARENA_MESSAGE, c->now, ARENA_OPTIONS, out, cap, &c->out_len, &c->error);
}

static inline paysig_status go_stream_sign(const paysig_signer *s, go_call *c, const char *arena, const uint32_t *lens, paysig_stream **stream) {
	go_init(c);
	return paysig_stream_sign(s, ARENA_HEAD, c->now, ARENA_OPTIONS, stream, &c->error);
}

static inline paysig_status go_stream_verify(const paysig_verifier *v, go_call *c, uint64_t body_length, const char *arena, const uint32_t *lens, paysig_stream **stream) {
	go_init(c);
	return paysig_stream_verify(v, ARENA_HEAD, body_length, c->now, stream, &c->error);
}

static inline paysig_status go_stream_signed(paysig_stream *s, go_call *c, char *out, size_t cap) {
	go_init(c);
	return paysig_stream_signed(s, out, cap, &c->out_len, &c->sig, &c->error);
}

static inline paysig_status go_stream_verified(paysig_stream *s, go_call *c, uint32_t want, char *out, size_t cap) {
	go_init(c);
	return paysig_stream_verified(s, want, out, cap, &c->out_len, &c->verified, &c->error);
}

static inline paysig_status go_save(const paysig_session *s, go_call *c, char *out, size_t cap) {
	go_init(c);
	return paysig_session_save(s, out, cap, &c->out_len, &c->error);
}

static inline paysig_status go_catalogue(go_call *c, char *out, size_t cap) {
	go_init(c);
	return paysig_catalogue(out, cap, &c->out_len, &c->error);
}

static inline paysig_status go_recipe(go_call *c, const char *id, size_t id_len, char *out, size_t cap) {
	go_init(c);
	return paysig_recipe(id, id_len, out, cap, &c->out_len, &c->error);
}

static inline paysig_status go_lint(const paysig_scheme *s, go_call *c, char *out, size_t cap) {
	go_init(c);
	return paysig_lint(s, out, cap, &c->out_len, &c->error);
}

static inline paysig_status go_in_words(go_call *c, const char *covered, size_t covered_len, const char *signed_json, size_t signed_json_len, char *out, size_t cap) {
	go_init(c);
	return paysig_in_words(covered, covered_len, signed_json, signed_json_len, out, cap, &c->out_len, &c->error);
}

static inline paysig_status go_next(paysig_session *s, go_call *c, char *out, size_t cap) {
	go_init(c);
	return paysig_session_next(s, c->now, out, cap, &c->out_len, &c->step, &c->error);
}

#endif
