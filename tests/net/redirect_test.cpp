// SPDX-License-Identifier: Apache-2.0
// Goal: a server that we asked cannot send us elsewhere. Method: an answer that
// names another server, on loopback as the first, in every way that HTTP has;
// connections are counted under Asio, and by that other server.
#include "tests/net/connect_counter.hpp"
#include "tests/net/net_fixture.hpp"

#include <catch2/catch.hpp>

#include <cstdio>

using namespace byollm;
using namespace byollm::test;

namespace {

struct sent_elsewhere {
  std::string status; ///< The whole answer is made of this and the header.
  std::string header; ///< `@` stands for the other server's `host:port`.
  errc code;
};

// Servers that send us away, by the status or by the side.
const sent_elsewhere cases[] = {
  {"300 Multiple Choices", "Location: http://@/", errc::redirected},
  {"301 Moved Permanently", "Location: http://@/", errc::redirected},
  {"302 Found", "Location: //@/latest/meta-data/", errc::redirected},
  {"303 See Other", "Location: http://@/", errc::redirected},
  {"305 Use Proxy", "Location: http://@/", errc::redirected},
  {"307 Temporary Redirect", "Location: http://@/base/chat", errc::redirected},
  {"307 Temporary Redirect", "Location: /elsewhere", errc::redirected},
  {"308 Permanent Redirect", "Location: elsewhere", errc::redirected},
  {"200 OK", "Refresh: 0; url=http://@/", errc::none},
  {"200 OK", "Alt-Svc: http/1.1=\"@\"; ma=86400; persist=1", errc::none},
  {"200 OK", "Link: <http://@/>; rel=preconnect", errc::none},
  {"200 OK", "Content-Location: http://@/", errc::none},
  {"200 OK", "Location: http://@/", errc::none},
  {"201 Created", "Location: http://@/", errc::provider_rejected},
  {"401 Unauthorized", "WWW-Authenticate: Bearer realm=\"http://@/token\"",
   errc::provider_rejected},
  {"407 Proxy Authentication Required",
   "Proxy-Authenticate: Basic realm=\"http://@/\"", errc::provider_rejected},
  {"421 Misdirected Request", "Alt-Svc: http/1.1=\"@\"",
   errc::provider_rejected},
  {"103 Early Hints\r\nLink: <http://@/>; rel=preconnect\r\n\r\n"
   "HTTP/1.1 200 OK",
   "X: y", errc::none},
};

std::string with_other(std::string text, const std::string& other) {
  if (auto at = text.find('@'); at != text.npos)
    text.replace(at, 1, other);
  return text;
}

} // namespace

TEST_CASE("no answer makes us connect elsewhere", "[net][ssrf]") {
  size_t seconds = 0;
  for (auto& one : cases) {
    INFO(one.status << ", " << one.header);
    net_fixture net;
    scripted_upstream other{*net.loop, {upstream_script{}.expect()}};
    auto name = "127.0.0.1:" + std::to_string(other.port());
    auto answer = "HTTP/1.1 " + with_other(one.status, name) + "\r\n"
                  + with_other(one.header, name)
                  + "\r\nContent-Length: 2\r\n\r\nhi";
    net.serve({upstream_script{}.expect().send(answer).again()});
    connect_counter kernel;
    auto sink = net.ask();
    CHECK(sink->code() == one.code);
    net.settle();
    CHECK(kernel.asked().size() == 1);
    // Nor is it remembered: the next call asks the same server.
    CHECK(net.ask()->code() == one.code);
    CHECK(net.upstream->requests().size() == 2);
    for (auto& seen : net.upstream->requests())
      CHECK(seen.head.starts_with("POST /base/chat HTTP/1.1\r\n"));
    CHECK(other.connections() == 0);
    seconds += other.connections() + kernel.asked().size()
               - net.upstream->connections();
  }
  CHECK(seconds == 0);
  std::printf("redirects %zu, second connections %zu\n", std::size(cases),
              seconds);
}
