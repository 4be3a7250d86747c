// The second unit: results, bytes, credentials, sessions.
#include <cstddef>
#include <cstdio>

#include "unit.hpp"
#if defined(__cpp_lib_span)
#include <span>
#endif

static_assert(!std::is_copy_constructible_v<paysig::signer> && std::is_nothrow_move_constructible_v<paysig::signer>);
static_assert(!std::is_copy_constructible_v<paysig::session> && std::is_nothrow_move_assignable_v<paysig::session>);
#if defined(__cpp_lib_expected)
static_assert(std::is_same_v<paysig::result<int>, std::expected<int, paysig::error>>);
#endif

void results_and_sessions() {
    const auto none = paysig::scheme::builtin("gihtub");
    CHECK(!none.has_value() && !none);
    CHECK(none.error().status == PAYSIG_UNKNOWN_SCHEME && none.error().message.find("github") != std::string::npos);
    CHECK(none.error().http_status() == 500 && !none.error().is_verdict());
#if defined(__cpp_exceptions)
    bool thrown = false;
    try {
        (void)none.value();
    } catch (const std::exception &) {
        thrown = true;
    }
    CHECK(thrown);
#endif
    CHECK(paysig::scheme::from_toml("id = 3", "mine.toml").error().message.find("mine.toml") != std::string::npos);
    CHECK(paysig::catalogue()->find("\"github\"") != std::string::npos);
    CHECK(paysig::recipe("github")->find("X-Hub-Signature-256") != std::string::npos);
    CHECK(paysig::scheme::from_toml(paysig::recipe("github").value()).has_value());

    const std::vector<std::uint8_t> octets{1, 2, 3};
    const std::byte raw[2]{};
    CHECK(paysig::bytes(octets).size() == 3 && paysig::bytes(octets).data() == octets.data());
    CHECK(paysig::bytes(raw, sizeof raw).size() == 2 && paysig::bytes("abc").size() == 3 && paysig::bytes().size() == 0);
#if defined(__cpp_lib_span)
    CHECK(paysig::bytes(std::span<const std::byte>(raw)).size() == 2);
#endif

    paysig::credentials one{{"api_key", "shop"}};
    paysig::credentials keys = one;
    keys.add("api_secret", std::string(200, 's'));
    one = keys;
    CHECK(one.values().count() == 4 && one.values().size() == 7 + 4 + 10 + 200);

    const auto pledg = paysig::scheme::builtin("pledg-token").value();
    auto session = pledg.session(keys).value();
    auto step = session.next(now).value();
    CHECK(step.action == PAYSIG_FETCH && step.method == "POST" && !step.target.empty() && !step.headers.empty());
    CHECK(step.until > now);
    CHECK(session.next(now)->action == PAYSIG_WAIT);
    CHECK(session.fetched(503, "", now).error().status == PAYSIG_TOKEN_RESPONSE_INVALID);
    CHECK(session.fetched(200, R"({"access_token":"t0ken","expires_in":3600})", now).has_value());
    step = session.next(now).value();
    CHECK(step.action == PAYSIG_AUTHORIZE && step.headers.at(0).second == "Bearer t0ken");
    CHECK(session.accepted().has_value());
    auto second = pledg.session(keys, session.save().value()).value();
    CHECK(second.next(now)->headers.at(0).second == "Bearer t0ken");
    CHECK(second.refused(now).has_value());
    CHECK(second.next(now)->action == PAYSIG_FETCH);
    CHECK(second.refused_token(second.token_number() + 1, now).has_value());
    CHECK(session.refused_token(session.token_number(), now).has_value());
    CHECK(session.next(now)->action == PAYSIG_FETCH);
    CHECK(pledg.session(keys, "{}").error().status == PAYSIG_INVALID_OPTION);
}
