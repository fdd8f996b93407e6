// SPDX-License-Identifier: Apache-2.0
#include "app/daemon/config.hpp"

#include "app/http/characters.hpp"
#include "messages/address.hpp"
#include "messages/limits.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <sstream>

namespace byollm::daemon {

namespace {

failure wrong(const std::string& name, const std::string& detail,
              const toml::source_region& at) {
  return {errc::invalid_config,
          "line " + std::to_string(at.begin.line) + ": " + detail, name};
}

// One table. The first wrong value is kept; `unknown` finds the rest.
class section {
public:
  section(const toml::table& from, std::string prefix, failure& first)
      : from_(from), prefix_(std::move(prefix)), first_(first) {
    // nop
  }

  std::string text(const char* key) {
    return read<std::string>(key, "a text").value_or("");
  }

  int64_t number(const char* key, int64_t most) {
    auto found = read<int64_t>(key, "a whole number").value_or(0);
    if (found < 0 || found > most)
      refuse(key, "is 0 to " + std::to_string(most));
    return found;
  }

  // Between 0 and 1; `otherwise` if it is not there.
  double share(const char* key, double otherwise) {
    known_.emplace_back(key);
    auto found = from_.get(key);
    if (!found)
      return otherwise;
    auto value = found->is_number() ? found->value<double>() : std::nullopt;
    if (value && *value >= 0 && *value <= 1)
      return *value;
    refuse(key, "is 0 to 1");
    return otherwise;
  }

  template <class T>
  T choice(const char* key,
           std::initializer_list<std::pair<std::string_view, T>> choices) {
    auto found = text(key);
    std::string names;
    for (const auto& [name, value] : choices) {
      if (name == found)
        return value;
      names.append(names.empty() ? "" : ", ").append(name);
    }
    if (from_.contains(key))
      refuse(key, "is one of " + names);
    return choices.begin()->second;
  }

  bool flag(const char* key, bool otherwise) {
    return read<bool>(key, "true or false").value_or(otherwise);
  }

  std::vector<std::string> texts(const char* key) {
    known_.emplace_back(key);
    std::vector<std::string> out;
    auto found = from_.get(key);
    if (!found)
      return out;
    if (!found->is_array())
      refuse(key, "is a list of texts");
    else
      for (const auto& each : *found->as_array()) {
        if (auto one = each.value_exact<std::string>())
          out.push_back(*one);
        else
          refuse(key, "is a list of texts");
      }
    return out;
  }

  bool has(const char* key) const {
    return from_.contains(key);
  }

  section table(const char* key) {
    static const toml::table none;
    known_.emplace_back(key);
    auto found = from_.get(key);
    if (found && !found->is_table())
      refuse(key, "is a table");
    return {found && found->is_table() ? *found->as_table() : none,
            prefix_ + key + '.', first_};
  }

  void refuse(const char* key, const std::string& detail) {
    auto found = from_.get(key);
    if (first_.code == errc::none)
      first_ = wrong(prefix_ + key, prefix_ + key + ' ' + detail,
                     found ? found->source() : from_.source());
  }

  void end() {
    for (const auto& [key, value] : from_)
      if (std::ranges::find(known_, key.str()) == known_.end()
          && first_.code == errc::none)
        first_
          = wrong(prefix_ + std::string{key.str()},
                  "there is no setting " + prefix_ + std::string{key.str()},
                  key.source());
  }

private:
  template <class T>
  std::optional<T> read(const char* key, const char* kind) {
    known_.emplace_back(key);
    auto found = from_.get(key);
    if (!found)
      return std::nullopt;
    auto value = found->value_exact<T>();
    if (!value)
      refuse(key, std::string{"is "} + kind);
    return value;
  }

  const toml::table& from_;
  std::string prefix_;
  failure& first_;
  std::vector<std::string> known_;
};

std::filesystem::path path_of(const std::string& text,
                              const std::filesystem::path& base) {
  return text.empty() ? std::filesystem::path{} : base / text;
}

void read_place(section& in, const char* key,
                std::optional<http::tcp_place>& to) {
  auto text = in.text(key);
  if (text.empty())
    return;
  auto colon = text.rfind(':');
  auto port = colon == std::string::npos ? "" : text.substr(colon + 1);
  auto& place = to.emplace();
  place.address = text.substr(0, colon == std::string::npos ? 0 : colon);
  if (place.address.size() > 2 && place.address.front() == '['
      && place.address.back() == ']')
    place.address = place.address.substr(1, place.address.size() - 2);
  auto [end, ec]
    = std::from_chars(port.data(), port.data() + port.size(), place.port);
  // A name may lead elsewhere by the time that it is looked up.
  if (ec != std::errc{} || end != port.data() + port.size()
      || !parse_ip(place.address))
    in.refuse(key, "is ADDRESS:PORT, the address in numbers as 127.0.0.1");
}

void read_site(section& in, config& to) {
  auto text = in.text("public_url");
  if (text.empty())
    return;
  auto site = pages::site_at(text);
  if (!site)
    return in.refuse("public_url", "is https://NAME or https://NAME:PORT");
  to.site = *std::move(site);
  // The proxy passes the name on.
  auto host = to.site.origin.substr(to.site.origin.find("//") + 2);
  if (!host.starts_with('['))
    to.allowed_hosts.push_back(host.substr(0, host.find(':')));
}

void read_listen(section in, const std::filesystem::path& base, config& to) {
  to.socket = path_of(in.text("socket"), base);
  if (in.has("socket_mode")) {
    auto mode = in.text("socket_mode");
    auto [end, ec] = std::from_chars(mode.data(), mode.data() + mode.size(),
                                     to.socket_mode, 8);
    if (ec != std::errc{} || end != mode.data() + mode.size()
        || to.socket_mode > 0777)
      in.refuse("socket_mode", "is a mode as \"0600\"");
  }
  read_place(in, "http", to.tcp);
  to.is_remote = in.flag("remote", false);
  read_place(in, "metrics", to.metrics);
  to.allowed_hosts = in.texts("hosts");
  for (auto& host : to.allowed_hosts)
    std::ranges::transform(host, host.begin(), http::lower);
  read_site(in, to);
  in.end();
}

void read_runtime(section in, const std::filesystem::path& base, config& to) {
  auto& out = to.runtime;
  out.loops = static_cast<unsigned>(in.number("loops", 1'024));
  out.in_flight_per_tenant
    = static_cast<uint32_t>(in.number("calls_per_tenant", 1'000'000));
  out.in_flight_total = static_cast<uint32_t>(in.number("calls", 1'000'000));
  auto drain = in.number("key_drain",
                         std::chrono::seconds{limits::key_drain_max}.count());
  if (in.has("key_drain"))
    out.key_drain = std::chrono::seconds{drain};
  out.ca_pem_file = path_of(in.text("ca_file"), base).string();
  in.end();
}

void read_ledger(section in, const std::filesystem::path& base, config& to) {
  to.runtime.anchor_file = path_of(in.text("anchor_file"), base);
  to.runtime.anchor_syslog = in.choice<std::string>(
    "anchor_syslog", {{"", ""}, {"auth", "auth"}, {"authpriv", "authpriv"}});
  in.end();
}

void read_trace(section in, config& to) {
  if (auto text = in.text("endpoint"); !text.empty()) {
    auto made = base_url::parse(text);
    if (!made || made->at().is_https())
      in.refuse("endpoint", "is http://HOST:PORT, of a collector beside us");
    else
      to.collector = *std::move(made);
  }
  to.trace_ratio = in.share("ratio", 1);
  in.end();
}

void read_log(section in, const std::filesystem::path& base, config& to) {
  to.least = in.choice<log_level>("level", {{"info", log_level::info},
                                            {"debug", log_level::debug},
                                            {"warning", log_level::warning},
                                            {"error", log_level::error}});
  to.format = in.choice<log_format>(
    "format", {{"human", log_format::human}, {"json", log_format::json}});
  auto file = in.text("access_file");
  to.access.file = file == "-" ? file : path_of(file, base).string();
  to.access.names_users = in.flag("access_users", true);
  in.end();
}

expected<config> read(const toml::table& from,
                      const std::filesystem::path& base) {
  config out;
  failure first;
  section in{from, "", first};
  out.runtime.data_directory = path_of(in.text("data_directory"), base);
  if (out.runtime.data_directory.empty())
    in.refuse("data_directory", "is missing");
  read_listen(in.table("listen"), base, out);
  read_runtime(in.table("runtime"), base, out);
  read_ledger(in.table("ledger"), base, out);
  read_trace(in.table("trace"), out);
  read_log(in.table("log"), base, out);
  in.end();
  if (first.code != errc::none)
    return first;
  if (out.socket.empty())
    out.socket = out.runtime.data_directory / "byollmd.sock";
  return out;
}

} // namespace

expected<config> parse_config(std::string_view text, std::string_view source) {
  try {
    auto parsed = toml::parse(text, source);
    auto base
      = std::filesystem::absolute(std::filesystem::path{source}).parent_path();
    return read(parsed, base);
  } catch (const toml::parse_error& why) {
    return wrong("", std::string{why.description()}, why.source());
  }
}

expected<config> read_config(const std::filesystem::path& file) {
  std::ifstream in{file, std::ios::binary};
  std::stringstream text;
  text << in.rdbuf();
  if (!in.is_open() || in.bad() || !text)
    return failure{errc::invalid_config,
                   "the file cannot be read: " + file.string(), "config"};
  return parse_config(text.str(), file.string());
}

} // namespace byollm::daemon
