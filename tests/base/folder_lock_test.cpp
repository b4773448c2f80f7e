#include "base/folder_lock.h"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/matchers.h"
#include "support/temp_folder.h"

namespace weir {
namespace {

using support::FailsWith;
using support::IsOk;
using ::testing::HasSubstr;

TEST(FolderLock, IsForOneAtATime) {
  support::TempFolder folder;
  {
    const auto first = FolderLock::take(folder.path());
    ASSERT_THAT(first, IsOk());
    EXPECT_THAT(FolderLock::take(folder.path()), FailsWith(Code::kIo, HasSubstr("another run")));
  }
  EXPECT_THAT(FolderLock::take(folder.path()), IsOk());
}

TEST(FolderLock, LeavesNothingBehind) {
  support::TempFolder folder;
  { EXPECT_THAT(FolderLock::take(folder.path()), IsOk()); }
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(FolderLock, NamesAFolderThatIsNotThere) {
  support::TempFolder folder;
  EXPECT_THAT(FolderLock::take(folder / "none"), FailsWith(Code::kIo, HasSubstr("none")));
}

}  // namespace
}  // namespace weir
