// A shop that takes deposits through Directa24: it sends a signed deposit and then receives webhooks and prints the verdict on
// each. With cpp-httplib, as header (`apt-get install libcpp-httplib-dev`):
//
//   c++ -std=c++17 shop.cpp $(pkg-config --cflags --libs paysig cpp-httplib)
//   D24_SECRET=api-signature paysig serve directa24-deposits -c login=shop-login -c secret=env:D24_SECRET
//   D24_SECRET=api-signature ./a.out http://127.0.0.1:PORT 1
//   D24_SECRET=api-signature paysig send directa24-deposits -c login=shop-login -c secret=env:D24_SECRET
//       --url http://127.0.0.1:PORT/webhook -d '{}'
#include <cstdio>
#include <cstdlib>
#include <future>
#include <httplib.h>
#include <iostream>
#include <paysig.hpp>
#include <string>
#include <thread>

// The headers as cpp-httplib read them.
static paysig::headers headers_of(const httplib::Request &request) {
    paysig::headers all;
    for (const auto &[name, value] : request.headers)
        // cpp-httplib adds some of its own, which were not on the wire.
        if (name.rfind("REMOTE_", 0) != 0 && name.rfind("LOCAL_", 0) != 0) all.add(name, value);
    return all;
}

int main(int argc, char **argv) try {
    const char *secret = std::getenv("D24_SECRET");
    if (argc != 3 || secret == nullptr) {
        std::cerr << "usage: D24_SECRET=... " << argv[0] << " PROVIDER WEBHOOKS\n";
        return 2;
    }
    const auto deposits = paysig::scheme::builtin("directa24-deposits").value();
    const paysig::credentials keys{{"login", "shop-login"}, {"secret", secret}};

    // The client: what is signed is what is sent.
    const auto signer = deposits.signer(paysig::flow::request, keys).value();
    const std::string provider = argv[1], body = R"({"amount":"1.50"})";
    const auto slash = provider.find('/', provider.find("//") + 2);
    const std::string target = (slash == std::string::npos ? "" : provider.substr(slash)) + "/v3/deposits";
    const auto added = signer.sign({"POST", target, {}, body}).value();
    httplib::Client client(provider.substr(0, slash));
    const auto answer = client.Post(target, httplib::Headers(added.headers.begin(), added.headers.end()), body, "application/json");
    std::cout << "deposit: " << (answer ? answer->status : 0) << std::endl;

    // The endpoint: nothing is parsed before the message is judged. Why one is refused is for the log only.
    const auto verifier = deposits.verifier(paysig::flow::webhook, paysig::keyring::of(keys).value()).value();
    httplib::Server server;
    long left = std::strtol(argv[2], nullptr, 10);
    std::promise<void> done;
    server.new_task_queue = [] { return new httplib::ThreadPool(1); };
    server.Post("/webhook", [&](const httplib::Request &request, httplib::Response &response) {
        const auto verified = verifier.verify({request.method, request.target, headers_of(request), request.body});
        if (verified)
            std::cout << "webhook: authentic, signed with " << verified->key_id.value_or("nobody")
                      << ", body covered: " << std::boolalpha << ((verified->covers & PAYSIG_COVERS_BODY) != 0) << std::endl;
        else
            std::cout << "webhook: refused: " << paysig::status_name(verified.error().status) << std::endl;
        response.status = verified ? 200 : verified.error().http_status();
        if (--left == 0) done.set_value();
    });
    std::cout << "listening on http://127.0.0.1:" << server.bind_to_any_port("127.0.0.1") << "/webhook" << std::endl;
    std::thread listening([&] { server.listen_after_bind(); });
    done.get_future().wait();
    server.stop(); // what was begun is answered
    listening.join();
} catch (const std::exception &failure) { // a result's value() says why there is none
    std::cerr << failure.what() << "\n";
    return 1;
}
