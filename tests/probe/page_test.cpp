#include "probe/page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "probe/svg_plot.h"

namespace weir::probe {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

std::size_t count(const std::string& text, const std::string& what) {
  std::size_t found = 0;
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++found;
  return found;
}

std::vector<Lane> two() {
  return {{"high <a>", {4'000'000, 5'000'000, 3'000'000}, {0, 1'000'000, 2'000'000}, 0},
          {"low", {1'000'000, 900'000, 800'000}, {1'000, 1'500'000, 2'000'000}, 1'000'000}};
}

TEST(Page, ShowsEachRenditionAndFetchesNothing) {
  const auto page = html_page("a & b", two(), {-20, -21, -22, -23}, "1 < 2");
  EXPECT_THAT(page, AllOf(HasSubstr("<title>a &amp; b</title>"), HasSubstr("high &lt;a&gt;"),
                          HasSubstr("<pre>1 &lt; 2</pre>"), HasSubstr("Loudness"),
                          HasSubstr("low (1.00 Mb/s)")));
  EXPECT_THAT(page,
              AllOf(Not(HasSubstr("http")), Not(HasSubstr("<script")), Not(HasSubstr("src="))));
  EXPECT_EQ(count(page, "<svg"), 5U);
  EXPECT_EQ(count(page, "<svg"), count(page, "</svg>"));
}

TEST(Page, MarksKeyPicturesThatAreNotInTheFirstRendition) {
  const auto page = html_page("a", two(), {}, "");
  EXPECT_EQ(count(page, "class=\"odd\""), 1U);
  EXPECT_EQ(count(page, "class=\"even\""), 5U);
  EXPECT_THAT(page, Not(HasSubstr("Loudness")));
}

TEST(Page, HasNoPlotsWithoutPackets) {
  EXPECT_EQ(count(html_page("a", {}, {}, "nothing"), "<svg"), 0U);
}

TEST(SvgPlot, KeepsThePeaksOfManyPoints) {
  Curve curve{"a", {}, false};
  for (int i = 0; i < 100'000; ++i) curve.points.emplace_back(i, i == 54'321 ? 1000 : i % 7);
  const auto svg = svg_plot({"t", "u", true, 0, {curve}});
  EXPECT_LT(svg.size(), 100'000U);
  EXPECT_THAT(svg, HasSubstr(",62.5"));  // the peak: a twentieth below the top
}

}  // namespace
}  // namespace weir::probe
