// The one shape every step of a pipeline has.
#pragma once

#include <chrono>
#include <optional>
#include <utility>

#include "base/result.h"

namespace weir::flow {

/// What the caller should do next. A failure is never a Flow; it is the error of the Result.
enum class Flow {
  kMore,  ///< Push the next item when there is one.
  kDone,  ///< Push nothing more; what follows would be thrown away. finish() is still due.
};

/// Takes items in order.
///
/// Ownership  push() takes the item, also when it fails.
/// Threads    One call at a time. A sink starts no thread unless its class says so. Calls may come
///            from different threads if the caller orders them.
/// Waiting    push() may block only if the class says so (a queue or a pipe does, an encoder does
///            not). That block is the back-pressure: nothing else slows a source down.
/// End        finish() is called once, last, also after kDone and after an error. It drains what is
///            held, then finishes what is below. After an error it must still release files.
/// Failure    After push() fails, the only legal call is finish().
template <typename Item>
class Sink {
 public:
  virtual ~Sink() = default;
  virtual Result<Flow> push(Item item) = 0;
  virtual Result<void> finish() = 0;
};

/// Gives items in order; the other end of a pipeline.
///
/// Waiting    next() may block until there is an item.
/// End        nullopt is the end; after it, and after a failure, next() is not called again.
/// Failure    kStopped when a stop was asked for; everything read before was handed out.
template <typename Item>
class Source {
 public:
  virtual ~Source() = default;
  virtual Result<std::optional<Item>> next() = 0;
};

/// What a source gave to who does not wait for ever.
template <typename Item>
struct Awaited {
  enum class State { kItem, kNothingYet, kEnd };
  State state = State::kNothingYet;
  std::optional<Item> item{};  ///< With kItem.
};

inline constexpr std::chrono::nanoseconds kForEver = std::chrono::hours(24 * 365);

/// A source that can be asked to give up waiting.
template <typename Item>
class PatientSource : public Source<Item> {
 public:
  Result<std::optional<Item>> next() override {
    WEIR_TRY_ASSIGN(auto awaited, next_within(kForEver));
    return std::move(awaited.item);
  }
  /// next() that waits about so long, of the monotonic clock. After kNothingYet it goes on.
  virtual Result<Awaited<Item>> next_within(std::chrono::nanoseconds patience) = 0;
};

/// A sink that turns In into any number of Out. `next` is borrowed and must outlive the stage.
template <typename In, typename Out>
class Stage : public Sink<In> {
 public:
  explicit Stage(Sink<Out>& next) : next_(next) {}

 protected:
  Result<Flow> emit(Out out) { return next_.push(std::move(out)); }
  Result<void> finish_next() { return next_.finish(); }

 private:
  Sink<Out>& next_;
};

}  // namespace weir::flow
