#include "base/text_file.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/matchers.h"
#include "support/temp_folder.h"

namespace weir {
namespace {

using support::FailsWith;
using ::testing::HasSubstr;

TEST(TextFile, IsReadAsItIs) {
  const support::TempFolder folder;
  for (const std::string text : {"", "a", "a\r\n\nb\n", "\xff"}) {
    std::ofstream(folder / "x", std::ios::binary) << text;
    const auto read = read_text_file(folder / "x");
    ASSERT_THAT(read, support::IsOk());
    EXPECT_EQ(*read, text);
  }
}

TEST(TextFile, ThatCannotBeReadIsNamed) {
  const support::TempFolder folder;
  EXPECT_THAT(read_text_file(folder / "none"),
              FailsWith(Code::kIo, HasSubstr("none': no such file")));
  EXPECT_THAT(read_text_file(folder.path().string()),
              FailsWith(Code::kIo, HasSubstr("is a directory")));
}

}  // namespace
}  // namespace weir
