#include "hls/date_range_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hls/playlist_text.h"

namespace weir::hls {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// What is said of a playlist with these tags and a date.
std::vector<std::string> said(const std::string& ranges, bool dated = true) {
  std::string text = "#EXTM3U\n#EXT-X-TARGETDURATION:6\n";
  if (dated) text += "#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:00Z\n";
  std::string line;
  for (const char c : ranges + ";") {
    if (c != ';') line += c;
    if (c == ';') text += "#EXT-X-DATERANGE:" + line + "\n", line.clear();
  }
  text += "#EXTINF:6,\na.m4s\n";
  const auto playlist = read_playlist(text);
  std::vector<std::string> out;
  for (const auto& problem : playlist->problems) out.push_back(problem.what);
  return out;
}

struct Case {
  const char* ranges;
  const char* wrong;  // nullptr: nothing
};

class DateRanges : public ::testing::TestWithParam<Case> {};

TEST_P(DateRanges, AreAsTheDraftAsks) {
  if (GetParam().wrong == nullptr)
    EXPECT_THAT(said(GetParam().ranges), IsEmpty());
  else
    EXPECT_THAT(said(GetParam().ranges), ElementsAre(GetParam().wrong));
}

constexpr const char* kGood = R"(ID="a",START-DATE="2026-01-01T00:00:00Z")";
const Case kCases[] = {
    {kGood, nullptr},
    {R"(START-DATE="2026-01-01T00:00:00Z")", "date range '': it has no ID"},
    {R"(ID="a")", "date range 'a': it has no START-DATE"},
    {R"(ID="a",START-DATE="soon")", "date range 'a': START-DATE is no date"},
    {R"(ID="a",START-DATE="2026-01-01T01:00:00.5+01:00",END-DATE="2026-01-01T00:00:01Z",DURATION=0.5)",
     nullptr},
    {R"(ID="a",START-DATE="2026-01-01T00:00:01Z",END-DATE="2026-01-01T00:00:00Z")",
     "date range 'a': END-DATE is before START-DATE"},
    {R"(ID="a",START-DATE="2026-01-01T00:00:00Z",END-DATE="2026-01-01T00:00:05Z",DURATION=6)",
     "date range 'a': END-DATE is not START-DATE and DURATION"},
    {R"(ID="a",START-DATE="2026-01-01T00:00:00Z",DURATION=-1)",
     "date range 'a': DURATION is no number of seconds"},
    {R"(ID="a",CLASS="c",START-DATE="2026-01-01T00:00:00Z",END-ON-NEXT=YES)", nullptr},
    {R"(ID="a",START-DATE="2026-01-01T00:00:00Z",END-ON-NEXT=YES)",
     "date range 'a': END-ON-NEXT without CLASS"},
    {R"(ID="a",CLASS="c",START-DATE="2026-01-01T00:00:00Z",END-ON-NEXT=NO)",
     "date range 'a': END-ON-NEXT is not YES"},
    {R"(ID="a",CLASS="c",START-DATE="2026-01-01T00:00:00Z",DURATION=1,END-ON-NEXT=YES)",
     "date range 'a': END-ON-NEXT beside DURATION"},
    {R"(ID="a",START-DATE="2026-01-01T00:00:00Z";ID="a",START-DATE="2026-01-01T00:00:00Z",DURATION=3)",
     nullptr},
    {R"(ID="a",START-DATE="2026-01-01T00:00:00Z";ID="a",START-DATE="2026-01-01T00:00:01Z")",
     "date range 'a': START-DATE is another one than before"},
};
INSTANTIATE_TEST_SUITE_P(Check, DateRanges, ::testing::ValuesIn(kCases));

TEST(DateRangeDates, NeedADateOfTheMedia) {
  EXPECT_THAT(said(kGood, false), ElementsAre("date ranges, but no EXT-X-PROGRAM-DATE-TIME"));
}

}  // namespace
}  // namespace weir::hls
