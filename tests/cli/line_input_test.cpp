#include "cli/line_input.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <fstream>

#include "support/matchers.h"
#include "support/temp_folder.h"

namespace weir::cli {
namespace {

using Next = LineInput::Next;

std::vector<std::string> lines_of(const std::string& text) {
  const support::TempFolder folder;
  std::ofstream(folder / "lines") << text;
  auto input = LineInput::open(folder / "lines");
  const StopSource stop;
  Line line;
  std::vector<std::string> out;
  while (input->next(line, true, stop).value() == Next::kLine) out.emplace_back(line.text);
  return out;
}

TEST(LineInput, TakesEveryLineWithoutItsEnd) {
  using ::testing::ElementsAre;
  EXPECT_THAT(lines_of(""), ElementsAre());
  EXPECT_THAT(lines_of("\n"), ElementsAre(""));
  EXPECT_THAT(lines_of("a\nb\n"), ElementsAre("a", "b"));
  EXPECT_THAT(lines_of("a\r\n\r\nb"), ElementsAre("a", "", "b"));
  const std::string longer(300'000, 'x');
  EXPECT_THAT(lines_of(longer + "\n" + longer), ElementsAre(longer, longer));
}

TEST(LineInput, DoesNotWaitUnlessAsked) {
  std::array<int, 2> pipe{};
  ASSERT_EQ(::pipe(pipe.data()), 0);
  const std::string path = "/dev/fd/" + std::to_string(pipe[0]);
  auto input = LineInput::open(path);
  ASSERT_THAT(input, support::IsOk());
  StopSource stop;
  Line line;
  EXPECT_EQ(input->next(line, false, stop).value(), Next::kNothing);
  ASSERT_EQ(::write(pipe[1], "a\nb", 3), 3);
  EXPECT_EQ(input->next(line, false, stop).value(), Next::kLine);
  EXPECT_EQ(line.text, "a");
  EXPECT_EQ(input->next(line, false, stop).value(), Next::kNothing);
  stop.request();
  EXPECT_EQ(input->next(line, true, stop).value(), Next::kEnd);
  ::close(pipe[0]);
  ::close(pipe[1]);
}

TEST(LineInput, CutsALineThatIsTooLong) {
  const support::TempFolder folder;
  std::ofstream(folder / "lines") << std::string(kLongestLine + 100'000, 'x') << "\nnext\n";
  auto input = LineInput::open(folder / "lines");
  const StopSource stop;
  Line line;
  ASSERT_EQ(input->next(line, true, stop).value(), Next::kLine);
  EXPECT_TRUE(line.cut);
  EXPECT_EQ(line.text.size(), kLongestLine);
  ASSERT_EQ(input->next(line, true, stop).value(), Next::kLine);
  EXPECT_FALSE(line.cut);
  EXPECT_EQ(line.text, "next");
  EXPECT_EQ(input->next(line, true, stop).value(), Next::kEnd);
}

TEST(LineInput, AMissingFileIsAnError) {
  EXPECT_THAT(LineInput::open("/nowhere/lines"),
              support::FailsWith(Code::kIo, ::testing::HasSubstr("/nowhere/lines")));
}

}  // namespace
}  // namespace weir::cli
