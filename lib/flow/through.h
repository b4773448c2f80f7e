// A source whose items go through a stage before anybody takes them.
#pragma once

#include <deque>
#include <optional>
#include <utility>

#include "flow/stage.h"

namespace weir::flow {

/// The sink below a stage: what it gives waits here to be taken.
template <typename Item>
class Waiting : public Sink<Item> {
 public:
  Result<Flow> push(Item item) override {
    items.push_back(std::move(item));
    return Flow::kMore;
  }
  Result<void> finish() override { return {}; }
  std::deque<Item> items;
};

/// Pulls items through a stage that ends in `waiting`. The stage is finished at the end of the
/// source; after a failure of the source what the stage still gives comes first.
template <typename Item>
class Through : public Source<Item> {
 public:
  /// All borrowed.
  Through(Source<Item>& source, Sink<Item>& stage, Waiting<Item>& waiting)
      : source_(source), stage_(stage), waiting_(waiting) {}

  Result<std::optional<Item>> next() override {
    while (waiting_.items.empty() && !over_) WEIR_TRY(advance());
    if (!waiting_.items.empty()) {
      Item item = std::move(waiting_.items.front());
      waiting_.items.pop_front();
      return std::optional<Item>(std::move(item));
    }
    if (!outcome_) return fail(std::exchange(outcome_, {}).error());
    return std::optional<Item>();
  }

 private:
  Result<void> advance() {
    auto item = source_.next();
    if (item && *item) {
      WEIR_TRY(stage_.push(std::move(**item)));
      return {};
    }
    over_ = true;
    if (!item) outcome_ = fail(std::move(item).error());
    return stage_.finish();
  }

  Source<Item>& source_;
  Sink<Item>& stage_;
  Waiting<Item>& waiting_;
  Result<void> outcome_;
  bool over_ = false;
};

}  // namespace weir::flow
