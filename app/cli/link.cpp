// SPDX-License-Identifier: Apache-2.0
#include "app/cli/link.hpp"

#include "app/cli/line_queue.hpp"
#include "app/owner/client.hpp"
#include "app/process/stop_signals.hpp"
#include "app/process/terminal.hpp"

#include "messages/limits.hpp"

#include <iostream>

namespace byollm::cli {

namespace {

outcome failed(const failure& why) {
  outcome out;
  out.value.Parse(owner::render(why));
  return out;
}

// Sorts answer lines: pieces go to the caller, the end becomes the outcome.
class line_reader {
public:
  explicit line_reader(const delta_fn& on_delta) : on_delta_(on_delta) {
    // nop
  }

  void operator()(std::string_view line) {
    rapidjson::Document parsed;
    parsed.Parse<rapidjson::kParseIterativeFlag>(line.data(), line.size());
    if (parsed.HasParseError() || !parsed.IsObject()
        || parsed.MemberCount() != 1)
      return;
    auto& [name, value] = *parsed.MemberBegin();
    std::string_view kind{name.GetString(), name.GetStringLength()};
    if (kind == "delta") {
      if (on_delta_)
        on_delta_(value);
      return;
    }
    end_.ok = kind == "result";
    end_.value.CopyFrom(value, end_.value.GetAllocator());
    seen_ = true;
  }

  outcome end(const status& how) {
    if (seen_)
      return std::move(end_);
    return failed(how ? failure{errc::unavailable, "no answer came"}
                      : how.error());
  }

private:
  const delta_fn& on_delta_;
  outcome end_;
  bool seen_ = false;
};

outcome run_here(const options& opts, wiped_bytes what,
                 const delta_fn& on_delta, const stop_signals& stop) {
  auto started = runtime::start(runtime_of(opts));
  if (!started)
    return failed(started.error());
  auto& here = **started;
  auto lines = std::make_shared<line_queue>();
  auto running = owner::start_operation(
    here, std::move(what), [lines](std::string line, bool last) {
      return lines->push(std::move(line), last);
    });
  line_reader reader{on_delta};
  lines->drain(*running, std::ref(reader), stop);
  auto stopped = here.stop(limits::stop_deadline);
  if (!stopped)
    std::cerr << "byollm: " << describe(stopped.error()) << '\n';
  return reader.end(unit{});
}

} // namespace

outcome run(const options& opts, request& what, const delta_fn& on_delta) {
  stop_signals stop;
  auto owner = owner::client::connect(opts.data_directory);
  if (!owner)
    return failed(owner.error());
  if (!*owner)
    return run_here(opts, what.take(), on_delta, stop);
  // It is the owner that connects, and trusts what it was started with.
  if (!opts.ca_file.empty())
    return failed({errc::invalid_request,
                   "--ca-file is for a command that runs alone, and this "
                   "directory is served: its owner has certificates of its own "
                   "(byollmd: runtime.ca_file), and tenants theirs (byollm ca)",
                   "--ca-file"});
  line_reader reader{on_delta};
  auto how = (*owner)->run(what.take(), std::ref(reader), stop.fd());
  if (!how && how.error().code == errc::cancelled)
    stop.take();
  return reader.end(how);
}

expected<bool> is_served(const options& opts) {
  auto owner = owner::client::connect(opts.data_directory);
  if (!owner)
    return owner.error();
  return owner->has_value();
}

int report(const options& opts, const outcome& failed) {
  if (opts.json) {
    rapidjson::StringBuffer text;
    owner::json_writer writer{text};
    failed.value.Accept(writer);
    std::cerr << text.GetString() << '\n';
  } else {
    auto text = failed.value.FindMember("text");
    std::cerr << "byollm: "
              << printable(text == failed.value.MemberEnd()
                             ? "unknown failure"
                             : text->value.GetString())
              << '\n';
  }
  return exit_failure;
}

int report(const options& opts, const failure& why) {
  return report(opts, failed(why));
}

runtime_options runtime_of(const options& opts) {
  runtime_options out;
  out.data_directory = opts.data_directory;
  out.master_key_variable = "BYOLLM_MASTER_KEY";
  out.loops = 1;
  out.ca_pem_file = opts.ca_file;
  out.log = make_log(opts.least, opts.format);
  return out;
}

} // namespace byollm::cli
