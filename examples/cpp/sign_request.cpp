// Signs a request to Directa24, prints the headers to send with it, and verifies them as the provider would.
// Build: c++ -std=c++17 sign_request.cpp $(pkg-config --cflags --libs paysig)
#include <cstdio>
#include <paysig.hpp>

static int failed(const paysig::error &error) {
    std::fprintf(stderr, "%s: %s\n", paysig::status_name(error.status).data(), error.message.c_str());
    return 1;
}

int main() {
    const paysig::credentials keys{{"login", "shop-login"}, {"secret", "api-signature"}};
    paysig::message message("POST", "/v3/deposits", {}, R"({"amount":"1.50"})");

    const auto d24 = paysig::scheme::builtin("directa24-deposits");
    if (!d24) return failed(d24.error());
    const auto signer = d24->signer(paysig::flow::request, keys);
    if (!signer) return failed(signer.error());
    const auto added = signer->sign(message);
    if (!added) return failed(added.error());
    for (const auto &[name, value] : added->headers) {
        std::printf("%s: %s\n", name.c_str(), value.c_str());
        message.headers.add(name, value);
    }

    const auto ring = paysig::keyring::of(keys);
    if (!ring) return failed(ring.error());
    const auto verifier = d24->verifier(paysig::flow::request, *ring);
    if (!verifier) return failed(verifier.error());
    const auto verdict = verifier->verify(message);
    if (!verdict) return failed(verdict.error());
    std::printf("authentic: %s\n", verdict->key_id.value_or("").c_str());
}
