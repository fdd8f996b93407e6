// SPDX-License-Identifier: Apache-2.0
#include "tests/load/far_side.hpp"

#include "messages/limits.hpp"

#include <fstream>

namespace byollm::load {

expected<std::unique_ptr<daemon_site>>
daemon_site::start(far_programs programs, const runtime_options& options,
                   placement where, const configure_fn& configure) {
  std::unique_ptr<daemon_site> made{
    new daemon_site(std::move(programs), std::move(where))};
  auto rt = runtime::start(options);
  if (!rt)
    return rt.error();
  if (auto ok = configure(**rt); !ok)
    return ok.error();
  if (auto ok = made->make_tokens(**rt); !ok)
    return ok.error();
  if (auto stopped = (*rt)->stop(limits::stop_deadline); !stopped)
    return stopped.error();
  if (auto ok = made->write_config(options); !ok)
    return ok.error();
  auto byollmd = child::start({made->programs_.byollmd,
                               {"--config", made->config_.string()},
                               {},
                               made->where_.ours});
  if (!byollmd)
    return byollmd.error();
  made->byollmd_ = *std::move(byollmd);
  if (auto serves = made->byollmd_->wait_for("serving"); !serves)
    return serves.error();
  return made;
}

status daemon_site::make_tokens(const runtime& rt) {
  auto bit = [](service_scope scope) { return static_cast<uint32_t>(scope); };
  auto access = rt.access();
  auto host
    = access.add_token("host", bit(service_scope::turns), "", "load").get();
  if (!host)
    return host.error();
  auto workers
    = access.add_token("workers", bit(service_scope::extensions), "*", "load")
        .get();
  if (!workers)
    return workers.error();
  host_token_ = host->text;
  worker_token_ = workers->text;
  return unit{};
}

status daemon_site::write_config(const runtime_options& options) {
  socket_ = (options.data_directory / "byollmd.sock").string();
  config_ = options.data_directory;
  config_ += ".toml";
  std::ofstream file{config_};
  file << "data_directory = \"" << options.data_directory.string()
       << "\"\n[runtime]\nloops = "
       << options.loops
       // Nobody reads what it says once it serves.
       << "\n[log]\nlevel = \"error\"\n";
  file.close();
  if (file)
    return unit{};
  return failure{errc::unavailable, "cannot write " + config_.string()};
}

status daemon_site::add_thin_workers(size_t count) {
  return add_workers(thin_,
                     {programs_.worker,
                      {socket_},
                      {"BYOLLM_SERVICE_TOKEN=" + worker_token_},
                      where_.others},
                     count);
}

status daemon_site::add_python_workers(size_t count) {
  return add_workers(python_,
                     {programs_.python,
                      {"-B", "-m", "byollm", "run", programs_.python_extension,
                       "--socket", socket_},
                      {"BYOLLM_SERVICE_TOKEN=" + worker_token_},
                      where_.others},
                     count);
}

status daemon_site::add_workers(worker_processes& to, const child::order& like,
                                size_t count) {
  for (size_t i = 0; i < count; ++i) {
    auto started = child::start(like);
    if (!started)
      return started.error();
    to.push_back(*std::move(started));
  }
  for (auto& each : to)
    if (auto attached = each->wait_for("attached"); !attached)
      return attached.error();
  return unit{};
}

std::vector<far_side> daemon_site::ways() const {
  std::vector<far_side> result;
  for (auto [extension, workers] :
       {std::pair{"thin", &thin_}, std::pair{"python", &python_}})
    if (!workers->empty())
      result.push_back({socket_, host_token_, byollmd_.get(), extension,
                        workers, where_.others});
  return result;
}

status daemon_site::stop() {
  return byollmd_->stop();
}

} // namespace byollm::load
