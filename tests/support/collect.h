// A sink that remembers what it was given, and can be told to be done or to fail.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "flow/stage.h"

namespace weir::support {

template <typename Item>
class Collect : public flow::Sink<Item> {
 public:
  /// Answers kDone from the push with this number on (1 = the first).
  std::optional<std::size_t> done_at;
  /// The push with this number fails with kIo "disk full".
  std::optional<std::size_t> fail_at;
  /// What finish() answers.
  Result<void> finish_result;

  Result<flow::Flow> push(Item item) override {
    items.push_back(std::move(item));
    if (fail_at && items.size() == *fail_at) return fail(Code::kIo, "disk full");
    const bool done = done_at && items.size() >= *done_at;
    return done ? flow::Flow::kDone : flow::Flow::kMore;
  }

  Result<void> finish() override {
    ++finished;
    return finish_result;
  }

  std::vector<Item> items;  ///< Everything pushed, also the one that failed.
  int finished = 0;         ///< How often finish() was called; must end at 1.
};

}  // namespace weir::support
