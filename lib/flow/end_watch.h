// Tells a stream that ended from one that was cut off.
#pragma once

#include <functional>
#include <optional>
#include <utility>

#include "base/result.h"
#include "flow/stage.h"

namespace weir::flow {

/// Passes the items of `from` on and remembers whether one of them was the end mark. `from` is
/// borrowed. A reader that goes away and a requested stop are no cut: the end was not reached.
template <typename Item>
class EndWatch : public Source<Item> {
 public:
  EndWatch(Source<Item>& from, std::function<bool(const Item&)> is_end)
      : from_(from), is_end_(std::move(is_end)) {}

  Result<std::optional<Item>> next() override {
    Result<std::optional<Item>> item = from_.next();
    if (item && *item) marked_ = marked_ || is_end_(**item);
    exhausted_ = item && !*item;
    return item;
  }

  /// The source came to its end and no mark had come before.
  bool cut_off() const { return exhausted_ && !marked_; }

 private:
  Source<Item>& from_;
  const std::function<bool(const Item&)> is_end_;
  bool marked_ = false;
  bool exhausted_ = false;
};

}  // namespace weir::flow
