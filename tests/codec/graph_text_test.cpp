// What users write comes through libavfilter's two levels of quoting as it was.
#include "codec/graph_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "codec/filter.h"
#include "ingest/test_pattern.h"
#include "support/collect.h"
#include "support/matchers.h"

extern "C" {
#include <libavutil/dict.h>
}

namespace weir::codec {
namespace {

// The value as a filter gets it.
std::string through_a_graph(const std::string& value) {
  support::Collect<media::Frame> out;
  Filter filter(
      [&](const AVFrame&) {
        return "metadata=mode=add:key=told:value=" + graph_value(value) + ",null";
      },
      out);
  EXPECT_THAT(filter.push(ingest::paint({32, 32, {25, 1}, 48'000}, 0)), support::IsOk());
  EXPECT_THAT(filter.finish(), support::IsOk());
  if (out.items.size() != 1) return "nothing";
  const auto* entry = av_dict_get(out.items[0].raw()->metadata, "told", nullptr, 0);
  return entry == nullptr ? "no entry" : entry->value;
}

TEST(GraphText, ValuesComeThroughAsTheyAre) {
  for (const char* value : {"plain", "it's", "a:b,c;d[e]f", "C:\\new\\", "\\\\host", "100 %", " x ",
                            "'quoted'", "[in]", "tab\tand\nline", "größer – 字"})
    EXPECT_EQ(through_a_graph(value), value);
}

TEST(GraphText, NoValueGetsOutOfItsOption) {
  constexpr std::string_view kParts = "\\':,;[]= \n%a{}";
  std::uint32_t seed = 7;
  for (int n = 0; n < 500; ++n) {
    std::string value;
    for (int i = 0; i < 1 + n % 12; ++i) {
      seed = seed * 1664525 + 1013904223;
      value += kParts[(seed >> 24) % kParts.size()];
    }
    ASSERT_EQ(through_a_graph(value), value) << n;
  }
}

TEST(GraphText, TextToDrawHasNothingToExpand) {
  EXPECT_EQ(drawn_text("100% \\n %{pts}"), "100\\% \\\\n \\%{pts}");
}

}  // namespace
}  // namespace weir::codec
