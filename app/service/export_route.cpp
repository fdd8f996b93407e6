// SPDX-License-Identifier: Apache-2.0
// The ledger as a file that a browser saves, piece by piece.
#include "app/owner/json.hpp"
#include "app/owner/operations.hpp"
#include "app/service/parts.hpp"
#include "app/service/query.hpp"
#include "app/service/render.hpp"
#include "app/service/run_operation.hpp"

#include <mutex>

namespace byollm::service {

namespace {

// Writes what an export hands over, no faster than the browser takes it.
class download : public std::enable_shared_from_this<download> {
public:
  explicit download(visit_ptr v) : v_(std::move(v)), at_(v_->at) {
    // nop
  }

  void start(const runtime& of, wiped_bytes request) {
    auto running = owner::start_operation(
      of, std::move(request),
      [self = shared_from_this()](const std::string& line, bool last) {
        return last ? self->end(line) : self->piece(line);
      },
      asked_by(*v_));
    at_->on_gone([running] { running->cancel(); });
    {
      std::lock_guard guard{mutex_};
      if (is_over_)
        return;
      running_ = running;
      if (!waits_)
        return;
    }
    resume_when_writable();
  }

private:
  flow piece(const std::string& line) {
    begin();
    if (at_->write(text_of_piece(line)))
      return flow::more;
    {
      // The first pieces may come before the operation has a name here.
      std::lock_guard guard{mutex_};
      waits_ = true;
      if (!running_)
        return flow::pause;
    }
    resume_when_writable();
    return flow::pause;
  }

  flow end(const std::string& line) {
    v_->seat.reset();
    auto ended = end_of(line);
    if (!ended && !has_begun_)
      at_->reply(answer_of(ended.error()));
    else if (!ended)
      at_->abort_stream();
    else {
      begin();
      at_->end_stream();
    }
    std::lock_guard guard{mutex_};
    is_over_ = true;
    running_.reset();
    return flow::more;
  }

  void resume_when_writable() {
    std::lock_guard guard{mutex_};
    waits_ = false;
    at_->when_writable([running = running_] {
      if (running)
        running->resume();
    });
  }

  void begin() {
    if (std::exchange(has_begun_, true))
      return;
    http::answer head{200, {}, "application/x-ndjson", {}};
    head.headers = {
      {"Content-Disposition", "attachment; filename=\"byollm-ledger.jsonl\""}};
    at_->begin_stream(std::move(head));
  }

  // `{"delta":{"lines":TEXT}}` to TEXT; `{"delta":[ROW,...]}` to a line each.
  static std::string text_of_piece(const std::string& line) {
    rapidjson::Document parsed;
    parsed.Parse<rapidjson::kParseIterativeFlag>(line.data(), line.size());
    if (parsed.HasParseError() || !parsed.IsObject()
        || !parsed.HasMember("delta"))
      return {};
    const auto& piece = parsed["delta"];
    if (piece.IsObject() && piece.HasMember("lines"))
      return {piece["lines"].GetString(), piece["lines"].GetStringLength()};
    std::string out;
    for (const auto& row : piece.GetArray())
      out += owner::json_text([&](owner::json_writer& to) { row.Accept(to); })
             + '\n';
    return out;
  }

  visit_ptr v_;
  http::exchange_ptr at_;
  std::mutex mutex_;
  owner::operation_ptr running_;
  bool has_begun_ = false;
  bool waits_ = false;
  bool is_over_ = false;
};

} // namespace

void export_ledger(parts& of, const visit_ptr& v) {
  auto query = parse_query(v->at->asked().query);
  if (!query)
    return v->at->reply(answer_of(query.error()));
  if (!take_seat(of, *v))
    return;
  auto request = begin_operation("ledger.export");
  for (const auto& [name, value] : *query)
    if (!value.empty())
      add(request, name, value);
  request += '}';
  auto saved = std::make_shared<download>(v);
  saved->start(of.of, wiped_bytes{request.begin(), request.end()});
}

} // namespace byollm::service
