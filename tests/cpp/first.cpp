// Signing, verifying, streams: what the C tests prove of the library is proved here of the wrapper.
#include <array>
#include <cstdio>
#include <thread>

#include "unit.hpp"

namespace {

constexpr std::string_view body = R"({"amount":"1.50"})";
constexpr std::string_view signature = "D24 cbed6bb7c253922ea3d04b87937ba3311cf31210d53b222dcfb80e21370967ed";

void check_signed(const paysig::signed_message &made) {
    CHECK(made.headers.size() == 3);
    CHECK(made.headers.at(2).first == "Authorization" && made.headers.at(2).second == signature);
    CHECK(made.timestamp == "2026-01-02T03:04:05Z" && made.key_id == "shop-login");
    CHECK(!made.nonce && !made.target && !made.url && !made.body && !made.body_members);
}

void signing(const paysig::scheme &d24, const paysig::credentials &keys) {
    auto signer = d24.signer(paysig::flow::request, keys).value();
    const paysig::message message("POST", "/v3/deposits", {}, body);
    check_signed(signer.sign(message, now).value());
    CHECK(signer.sign(message, now, {{"nonce", "order-17"}})->nonce == "order-17");
    CHECK(signer.sign(message, paysig::clock::none()).error().status == PAYSIG_INVALID_OPTION);
    CHECK(signer.sign(message)->headers.size() == 3);

    // A result larger than the first buffer.
    const std::string long_nonce(4096, 'n');
    CHECK(signer.sign(message, now, {{"nonce", long_nonce}})->nonce == long_nonce);

    auto elsewhere = d24.signer(paysig::flow::request, {{"login", "shop-login"}}, {{"key", "elsewhere"}}).value();
    const auto prepared = elsewhere.prepare(message, now).value();
    CHECK(prepared.string_to_sign == "2026-01-02T03:04:05Zshop-login" + std::string(body));
    CHECK(prepared.algorithm == "hmac-sha256");
    const std::array<unsigned char, 32> raw{0xcb, 0xed, 0x6b, 0xb7, 0xc2, 0x53, 0x92, 0x2e, 0xa3, 0xd0, 0x4b,
                                            0x87, 0x93, 0x7b, 0xa3, 0x31, 0x1c, 0xf3, 0x12, 0x10, 0xd5, 0x3b,
                                            0x22, 0x2d, 0xcf, 0xb8, 0x0e, 0x21, 0x37, 0x09, 0x67, 0xed};
    check_signed(elsewhere.finish(raw, message, now).value());

    auto stream = signer.stream(paysig::message("POST", "/v3/deposits"), now).value();
    CHECK(stream.update(body.substr(0, 5)).has_value());
    CHECK(stream.update(body.substr(5)).has_value());
    check_signed(stream.finish().value());
    // Moved-from handles are empty, moved-to ones work.
    const paysig::signer moved = std::move(signer);
    CHECK(moved.sign(message, now).has_value());
}

void verifying(const paysig::scheme &d24, const paysig::credentials &keys) {
    const paysig::headers headers{{"X-Date", "2026-01-02T03:04:05Z"}, {"X-Login", "shop-login"}, {"Authorization", signature}};
    const paysig::message message("POST", "/v3/deposits", headers, body);
    auto ring = paysig::keyring::create().value();
    CHECK(ring.add({{"login", "shop-login"}, {"secret", "old"}}, paysig::clock::none(), now).has_value());
    CHECK(ring.add(keys, now).has_value());
    CHECK(ring.add(keys, now + std::chrono::seconds(1), now).error().status == PAYSIG_INVALID_OPTION);
    const auto verifier = d24.verifier(paysig::flow::request, ring).value();
    const auto verified = verifier.verify(message, now).value();
    CHECK(verified.key_id == "shop-login" && verified.key_index == 1 && verified.items == 1);
    CHECK(verified.timestamp == now);
    CHECK(verified.replay_key && verified.replay_key->size() == 64);
    CHECK((verified.covers & PAYSIG_COVERS_BODY) != 0 && (verified.covers & PAYSIG_COVERS_PATH) == 0);
    CHECK(verified.covered && verified.covered->find("\"body\":\"all\"") != std::string::npos);
    CHECK(verified.in_words().value() ==
          "Covered: headers x-date, x-login; body.\nNot covered: method; path; query; other headers.");
    auto fields = verified;
    fields.signed_json = "{\"amount\":{\"value\":1.50},\"currency\":\"EUR\"}";
    CHECK(fields.in_words().value() ==
          verified.in_words().value() + "\nSigned fields: amount.value = 1.50; currency = \"EUR\".");
    fields.covered = "{}";
    CHECK(fields.in_words().error().field == "covered");
    CHECK(!verifier.verify(message, now, 0)->replay_key);
    CHECK(verifier.verify(message, now, 0)->in_words().value().empty());

    auto stream = verifier.stream(paysig::message("POST", "/v3/deposits", headers), body.size(), now).value();
    CHECK(stream.update(body).has_value());
    CHECK(stream.finish()->replay_key == verified.replay_key);

    paysig::message other = message;
    other.body = "{}";
    const auto refused = verifier.verify(other, now);
    CHECK(!refused && refused.error().status == PAYSIG_SIGNATURE_MISMATCH);
    CHECK(refused.error().is_verdict() && refused.error().http_status() == 401);
    CHECK(refused.error().code().message() == "signature_mismatch");
    CHECK(verifier.verify(message).error().status == PAYSIG_TIMESTAMP_TOO_OLD);

    auto next = paysig::keyring::of({{"login", "shop-login"}, {"secret", "next"}}).value();
    CHECK(verifier.with_keys(next)->verify(message, now).error().status == PAYSIG_SIGNATURE_MISMATCH);

    std::thread threads[4];
    int good[4] = {};
    for (int i = 0; i < 4; i++)
        threads[i] = std::thread([&, i] {
            for (int round = 0; round < 100; round++) good[i] += verifier.verify(message, now).has_value();
        });
    for (auto &thread : threads) thread.join();
    CHECK(good[0] + good[1] + good[2] + good[3] == 400);

    const auto explanation = d24.explain(paysig::flow::request, ring, paysig::message("POST", "/", {}, "{}"), now).value();
    CHECK(explanation.find("\"string_to_sign\":\"2026-01-02T03:04:05Zshop-login{}\"") != std::string::npos);

    const auto diagnosis = d24.diagnose(paysig::flow::request, next, message, now, {}, &ring).value();
    CHECK(diagnosis.find("\"id\":\"other-known-key\"") != std::string::npos);
    CHECK(d24.diagnose(paysig::flow::request, ring, message, now).value().find("{\"verdict\":\"ok\"") == 0);
    CHECK(d24.diagnose(paysig::flow::webhook, ring, message, now, {{"colour", "1"}}).error().status == PAYSIG_INVALID_OPTION);
    CHECK(d24.lint().value().find("[{\"scheme\":\"directa24-deposits\",") == 0);
}

void endpoint_checks() {
    const auto ring = paysig::keyring::of({{"signing_secret", "s"}}).value();
    const auto slack = paysig::scheme::builtin("slack").value();
    const auto verifier = slack.verifier(paysig::flow::webhook, ring).value();
    const auto signer = slack.signer(paysig::flow::webhook, {{"signing_secret", "s"}}).value();
    const std::string check = "{\"type\":\"url_verification\",\"challenge\":\"3eZb\"}";
    paysig::headers headers;
    const auto sent = signer.sign(paysig::message("POST", "/", {}, check), now).value();
    for (const auto &[name, value] : sent.headers) headers.add(name, value);
    const auto answer = verifier.handshake(paysig::message("POST", "/", headers, check), now).value();
    CHECK(answer && answer->body == "3eZb" && answer->content_type == "text/plain" && answer->verified);
    CHECK(!verifier.handshake(paysig::message("POST", "/", headers, "{}"), now).value());
    const auto unsigned_check = verifier.handshake(paysig::message("POST", "/", {}, check), now);
    CHECK(!unsigned_check && unsigned_check.error().is_verdict());
}

} // namespace

int main() {
    const paysig::credentials keys{{"login", "shop-login"}, {"secret", "api-signature"}};
    const auto d24 = paysig::scheme::builtin("directa24-deposits").value();
    CHECK(paysig::version() == PAYSIG_VERSION_STRING && paysig::abi_matches());
    signing(d24, keys);
    verifying(d24, keys);
    endpoint_checks();
    results_and_sessions();
    std::printf("cpp %ld%s: %d passed, %d failed\n", __cplusplus,
#if defined(__cpp_exceptions)
                "",
#else
                " without exceptions",
#endif
                passed, failed);
    return failed > 0;
}
