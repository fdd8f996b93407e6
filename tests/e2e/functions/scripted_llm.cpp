// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/functions/scripted_llm.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <future>
#include <thread>

namespace byollm::test {

namespace {

constexpr std::string_view usage
  = R"("usage":{"input_tokens":10,"output_tokens":5})";

std::string reply(const std::string& content, std::string_view stop) {
  std::string made = R"({"id":"msg_1","type":"message","role":"assistant",)"
                     R"("model":"scripted","content":[)"
                     + content + R"(],"stop_reason":")";
  made.append(stop).append("\",").append(usage).append("}");
  return made;
}

} // namespace

struct scripted_llm::impl {
  explicit impl(std::vector<upstream_script> scripts)
      : keep(loop.get_executor()), upstream(loop, std::move(scripts)) {
    thread = std::thread([this] { loop.run(); });
  }

  ~impl() {
    loop.stop();
    thread.join();
  }

  template <class Look>
  auto look(Look what) {
    std::promise<decltype(what(upstream))> seen;
    boost::asio::post(loop, [&] { seen.set_value(what(upstream)); });
    return seen.get_future().get();
  }

  boost::asio::io_context loop;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> keep;
  scripted_upstream upstream;
  std::thread thread;
};

scripted_llm::scripted_llm(std::vector<upstream_script> scripts)
    : impl_(std::make_unique<impl>(std::move(scripts))) {
  // nop
}

scripted_llm::~scripted_llm() = default;

std::string scripted_llm::url() const {
  return "http://127.0.0.1:" + std::to_string(impl_->upstream.port());
}

std::vector<std::string> scripted_llm::asked() const {
  return impl_->look([](const scripted_upstream& from) {
    std::vector<std::string> made;
    for (const auto& request : from.requests())
      made.push_back(request.body);
    return made;
  });
}

size_t scripted_llm::open_connections() const {
  return impl_->look(
    [](const scripted_upstream& from) { return from.open_connections(); });
}

upstream_script conversation(const std::vector<std::string>& bodies) {
  upstream_script made;
  for (const auto& body : bodies)
    made.expect().send(ok_response(body, "Content-Type: application/json\r\n"));
  return made.expect();
}

std::string says(std::string_view text, std::string_view stop) {
  std::string block = R"({"type":"text","text":")";
  return reply(block.append(text).append("\"}"), stop);
}

std::string
asks(const std::vector<std::pair<std::string, std::string>>& tools) {
  std::string content;
  for (size_t i = 0; i < tools.size(); ++i) {
    const auto& [name, input] = tools[i];
    content += (i > 0 ? "," : "");
    content += R"({"type":"tool_use","id":"u)" + std::to_string(i)
               + R"(","name":")" + name + R"(","input":)" + input + "}";
  }
  return reply(content, "tool_use");
}

std::string uncounted(std::string reply) {
  auto at = reply.find(usage);
  return reply.replace(at, usage.size(), R"("usage":{})");
}

std::string cut(std::string reply) {
  constexpr std::string_view whole = R"("tool_use",)";
  auto at = reply.rfind(whole);
  return reply.replace(at, whole.size(), R"("max_tokens",)");
}

} // namespace byollm::test
