// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/store/short_read.hpp"
#include "app/store/store_writer.hpp"
#include "app/store/telling.hpp"
#include "app/store/wanted_read.hpp"
#include "messages/ports/store.hpp"

#include <functional>
#include <memory>
#include <utility>

namespace byollm {

/// The ways of asking the writer for something, callbacks behind a guard.
class store_asking {
public:
  using task_kind = store_writer::task_kind;

  store_asking(std::shared_ptr<telling> guard,
               std::shared_ptr<store_writer> writer)
      : telling_(std::move(guard)), writer_(std::move(writer)) {
    // nop
  }

protected:
  template <class Result, class Work>
  void post(std::function<void(Result)> done, Work work,
            task_kind kind = task_kind::reads) {
    auto tell = telling_->guarded(std::move(done));
    writer_->post(
      kind,
      [tell, work = std::move(work)](store_engine& engine) {
        // Who hears that the store is broken finds it closed.
        work(engine, [tell, &engine](Result result) {
          if (!result)
            engine.note_reading();
          tell(std::move(result));
        });
      },
      [tell](failure why) { tell(std::move(why)); });
  }

  template <class T, class Work>
  void post(reading<T> to, Work work) {
    post(std::move(to.tell),
         [gone = std::move(to.gone),
          work = std::move(work)](store_engine& engine, const auto& tell) {
           if (is_set(gone))
             tell(nobody_waits());
           else
             work(engine, tell);
         });
  }

  template <class To, class Work>
  void ask(To to, Work work) {
    post(std::move(to),
         [work = std::move(work)](store_engine& engine, const auto& tell) {
           tell(work(engine));
         });
  }

  // Returns what adds a read that ends once `gone` is set.
  std::function<void(std::unique_ptr<long_read>)> adder(gone_flag gone) const {
    return [writer = writer_.get(),
            gone = std::move(gone)](std::unique_ptr<long_read> read) {
      writer->add_read(while_wanted(std::move(read), gone));
    };
  }

  // Answers with what `make` makes once a checkpoint covers all that is there.
  template <class T, class Make>
  void ask_sealed(reading<T> to, Make make) {
    auto add = adder(to.gone);
    post(std::move(to),
         [add, make = std::move(make)](store_engine& engine, const auto& tell) {
           engine.seal_now([add, make, tell, &engine](expected<uint64_t> size) {
             if (!size)
               return tell(size.error());
             add(std::make_unique<short_read<expected<T>>>(
               [make, &engine] { return make(engine); }, tell));
           });
         });
  }

  template <class T, class Make>
  void read(reading<T> to, Make make) {
    auto add = adder(to.gone);
    post(std::move(to),
         [add, make = std::move(make)](store_engine& engine, const auto& tell) {
           add(make(engine, tell));
         });
  }

  std::shared_ptr<telling> telling_;
  std::shared_ptr<store_writer> writer_;
};

} // namespace byollm
