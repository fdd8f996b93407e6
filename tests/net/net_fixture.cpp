// SPDX-License-Identifier: Apache-2.0
#include "tests/net/net_fixture.hpp"

#include "providers/dialect.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <catch2/catch.hpp>

#include <algorithm>
#include <cstring>
#include <stdexcept>

namespace byollm::test {

namespace {

constexpr std::string_view end_mark = "[END]";

// A hang is the only thing that takes this long.
constexpr auto patience = 20s;

void wipe(char* bytes, size_t size) noexcept {
  std::memset(bytes, 0, size);
  delete[] bytes;
}

class plain_decoder final : public answer_decoder {
public:
  explicit plain_decoder(bool stream) : stream_(stream) {
    // nop
  }

  status begin(const response_head& head) override {
    status_ = head.status;
    reply_.provider_request_id = head.field("x-request-id");
    return unit{};
  }

  status feed(std::string_view bytes, std::vector<delta>& out) override {
    auto from = text_.size() - std::min(text_.size(), end_mark.size());
    text_ += bytes;
    reply_.usage.from = token_usage::source::provider;
    reply_.usage.output = text_.size();
    auto what = bytes == "[PING]" ? delta::kind::keep_alive : delta::kind::text;
    out.push_back({.what = what, .text = std::string{bytes}});
    ended_ = stream_ && text_.find(end_mark, from) != std::string::npos;
    if (text_.find("[FAULT]", from) != std::string::npos)
      return failure{errc::provider_fault, "the stream says so"};
    return unit{};
  }

  bool ended() const noexcept override {
    return ended_;
  }

  failure finish() override {
    reply_.content = {text_block{text_}};
    if (status_ != 200)
      return {errc::provider_rejected, "the status says so"};
    if (stream_ && !ended_)
      return {errc::truncated, "there is no end mark"};
    return {};
  }

  message_reply& reply() noexcept override {
    return reply_;
  }

private:
  bool stream_;
  bool ended_ = false;
  unsigned status_ = 0;
  std::string text_;
  message_reply reply_;
};

class plain_dialect final : public dialect {
public:
  const provider_traits& traits() const noexcept override {
    static const provider_traits traits{"plain", "", true, {}};
    return traits;
  }

  auth_header auth() const noexcept override {
    return {"Authorization", "Bearer "};
  }

  expected<wire_request> encode(const encode_input& in) const override {
    if (in.request.purpose == "unencodable")
      return failure{errc::invalid_request, "it cannot be carried"};
    wire_request wire{in.url.path() + "/chat", {}, in.request.system};
    for (auto& [name, value] : in.request.metadata)
      wire.headers.push_back({name, value});
    wire.headers.push_back({"x-model", in.model});
    return wire;
  }

  std::unique_ptr<answer_decoder> decoder(bool stream) const override {
    return std::make_unique<plain_decoder>(stream);
  }

  expected<wire_request>
  encode_embeddings(const embed_input& in) const override {
    return wire_request{in.url.path() + "/embed", {}, in.input.texts.front()};
  }

  std::unique_ptr<answer_decoder>
  embeddings_decoder(const embedding_input&) const override {
    return std::make_unique<plain_decoder>(false);
  }

  wire_request encode_models(const base_url& url) const override {
    return {url.path() + "/models", {}, {}, http_method::get};
  }

  std::unique_ptr<answer_decoder> models_decoder() const override {
    return std::make_unique<plain_decoder>(false);
  }
};

} // namespace

// -- the parts ----------------------------------------------------------------

expected<opened_key> planted_vault::redeem(const lease_ticket& ticket) {
  if (!ticket.redeem())
    return failure{errc::unavailable, "redeemed before"};
  ++redeemed;
  auto bytes = new char[key.size() + 1];
  key.copy(bytes, key.size());
  return opened_key{bytes, key.size(), wipe};
}

expected<sealed_key> planted_vault::seal(std::string_view, const key_binding&) {
  return failure{errc::unavailable, "nothing is sealed here"};
}

void recording_sink::on_delta(delta piece) {
  ++deltas;
  text += piece.text;
  if (at_delta)
    at_delta();
}

bool recording_sink::wants_more() const noexcept {
  return is_ready;
}

void recording_sink::when_ready(std::function<void()> ready) {
  resume = std::move(ready);
}

void recording_sink::on_done(attempt_outcome result) {
  ++ends;
  outcome = std::move(result);
  if (at_done)
    at_done();
}

void scripted_resolver::resolve(const net::lookup& what, answer done) {
  asked.push_back(what.host);
  if (is_silent)
    return;
  auto at = std::min(asked.size(), answers.size()) - 1;
  boost::asio::post(
    loop_, [done = std::move(done), found = answers.at(at)] { done(found); });
}

const dialect* find_plain_dialect(std::string_view name) noexcept {
  static const plain_dialect plain;
  return name == "plain" ? &plain : nullptr;
}

ip_bytes ip(std::string_view text) {
  auto parsed = parse_ip(text);
  if (!parsed)
    throw std::invalid_argument("no address");
  return *parsed;
}

void streaming(provider_call& call) {
  call.stream = true;
}

// -- the fixture --------------------------------------------------------------

net_fixture::net_fixture()
    : loop(std::make_shared<boost::asio::io_context>(1)),
      resolver(std::make_shared<scripted_resolver>(*loop)) {
  options.resolver = resolver;
  options.find = find_plain_dialect;
  options.trust_system = false;
}

net_fixture::~net_fixture() {
  port.reset();
  factory.reset();
  upstream.reset();
  loop.reset();
}

void net_fixture::serve(std::vector<upstream_script> scripts,
                        const tls_identity* tls) {
  https = tls != nullptr;
  upstream
    = std::make_unique<scripted_upstream>(*loop, std::move(scripts), tls);
  url_port = upstream->port();
}

std::string net_fixture::url() const {
  auto name = host.find(':') == std::string::npos ? host : "[" + host + "]";
  return (https ? "https://" : "http://") + name + ":"
         + std::to_string(url_port) + "/base";
}

llm_target::ptr net_fixture::target() const {
  auto at = base_url::parse(url());
  REQUIRE(at);
  if (is_platform)
    return bound(platform_owner{}, *at);
  return bound(user_owner{*tenant_id::parse(tenant), *user_id::parse(owner)},
               *at);
}

template <class Owner>
llm_target::ptr net_fixture::bound(const Owner& who, const base_url& at) const {
  endpoint<Owner> to{who, "plain", at, allowed, trust};
  credential<Owner> with{who, "plain", at.at(), "key-1"};
  auto made = llm_target::bind(to, with, "model-1");
  REQUIRE(made);
  return *made;
}

void net_fixture::open_port() {
  factory = make_net_factory(*loop, clock, vault, options);
  auto made = factory->make(*target());
  REQUIRE(made);
  port = *std::move(made);
}

sink_ptr net_fixture::call(std::function<void(provider_call&)> change) {
  if (!port)
    open_port();
  ++calls_;
  auto receipt
    = test_receipt_office::receipt("call-" + std::to_string(calls_), 1, calls_);
  provider_call made;
  made.ticket = test_receipt_office::ticket(target(), receipt);
  made.request = std::make_shared<create_message_request>();
  made.deadline = clock.now() + 600s;
  if (change)
    change(made);
  auto sink = std::make_shared<recording_sink>();
  port->start(std::move(made), sink);
  REQUIRE(sink->ends == 0);
  return sink;
}

sink_ptr net_fixture::ask(std::function<void(provider_call&)> change) {
  auto sink = call(std::move(change));
  until_done(sink);
  return sink;
}

void net_fixture::until(const std::function<bool()>& what) {
  while (!what()) {
    loop->restart();
    if (loop->run_one_for(patience) == 0)
      FAIL("nothing happens any more");
  }
}

void net_fixture::until_done(const sink_ptr& sink) {
  until([&] { return sink->is_done(); });
  CHECK(sink->ends == 1);
}

void net_fixture::settle() {
  loop->restart();
  while (loop->poll() > 0)
    loop->restart();
}

} // namespace byollm::test
