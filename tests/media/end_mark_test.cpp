#include "media/end_mark.h"

#include <gtest/gtest.h>

#include <deque>

#include "flow/end_watch.h"

namespace weir::media {
namespace {

class Items : public flow::Source<Item> {
 public:
  Result<std::optional<Item>> next() override {
    if (items.empty() && stopped) return fail(Code::kStopped, "stopped");
    if (items.empty()) return std::optional<Item>();
    std::optional<Item> item(std::move(items.front()));
    items.pop_front();
    return item;
  }
  std::deque<Item> items;
  bool stopped = false;
};

// Reads `from` to its end; true when the watch calls that a cut.
bool cut_off(Items& from) {
  flow::EndWatch<Item> watch(from, is_end_mark);
  while (true) {
    const auto item = watch.next();
    if (!item || !*item) return watch.cut_off();
  }
}

TEST(EndWatch, CallsAStreamWithoutAnEndMarkCut) {
  Items items;
  items.items.emplace_back(make_event(event::kSegment, {0, {1, 1000}}));
  items.items.emplace_back(Packet::of({}));
  EXPECT_TRUE(cut_off(items));
}

TEST(EndWatch, BelievesTheEndMark) {
  Items items;
  items.items.emplace_back(make_event(event::kEnd, {0, {1, 1000}}));
  EXPECT_FALSE(cut_off(items));
}

TEST(EndWatch, CallsNeitherAStopNorAnEarlyReaderACut) {
  Items stopped;
  stopped.stopped = true;
  EXPECT_FALSE(cut_off(stopped));

  Items longer;
  longer.items.emplace_back(Packet::of({}));
  flow::EndWatch<Item> watch(longer, is_end_mark);
  ASSERT_TRUE(watch.next());
  EXPECT_FALSE(watch.cut_off());
}

}  // namespace
}  // namespace weir::media
