// SPDX-License-Identifier: Apache-2.0
#include "providers/net/name_resolver.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/basic_resolver.hpp>
#include <boost/asio/ip/tcp.hpp>

namespace byollm {

namespace {

namespace ip = boost::asio::ip;

using loop_executor = boost::asio::io_context::executor_type;
using loop_resolver = ip::basic_resolver<ip::tcp, loop_executor>;

ip_bytes bytes_of(const ip::address& address) {
  return address.is_v6()
           ? address.to_v6().to_bytes()
           : ip::make_address_v6(ip::v4_mapped, address.to_v4()).to_bytes();
}

class system_resolver final : public name_resolver {
public:
  explicit system_resolver(boost::asio::io_context& loop)
      : resolver_(loop.get_executor()) {
    // nop
  }

  void resolve(const std::string& host, answer done) override {
    resolver_.async_resolve(
      host, "",
      [done = std::move(done)](boost::system::error_code ec,
                               const loop_resolver::results_type& found) {
        if (ec || found.empty())
          return done(failure{errc::dns_failed, "the host has no address"});
        std::vector<ip_bytes> addresses;
        for (auto& entry : found)
          addresses.push_back(bytes_of(entry.endpoint().address()));
        done(std::move(addresses));
      });
  }

private:
  loop_resolver resolver_;
};

} // namespace

std::shared_ptr<name_resolver>
make_system_resolver(boost::asio::io_context& loop) {
  return std::make_shared<system_resolver>(loop);
}

} // namespace byollm
