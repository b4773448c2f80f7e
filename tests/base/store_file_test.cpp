#include <filesystem>
#include <fstream>
#include <iterator>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/store.h"
#include "support/matchers.h"
#include "support/temp_folder.h"

namespace weir {
namespace {

using support::FailsWith;
using support::IsOk;
using ::testing::HasSubstr;

std::string content(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::size_t files_below(const std::string& folder) {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
    count += entry.is_regular_file();
  return count;
}

TEST(StoreFile, WhatWasThereStaysUntilItIsCommitted) {
  support::TempFolder folder;
  auto store = FolderStore::open(folder.path());
  ASSERT_THAT((*store)->put("720p/media.mp4", as_bytes("old")), IsOk());
  auto file = (*store)->open_file("720p/media.mp4");
  ASSERT_THAT(file, IsOk());
  EXPECT_THAT((*file)->append(to_bytes("one,")), IsOk());
  EXPECT_THAT((*file)->append(to_bytes("two")), IsOk());
  EXPECT_EQ(content(folder / "720p/media.mp4"), "old");
  EXPECT_THAT((*file)->commit(), IsOk());
  EXPECT_EQ(content(folder / "720p/media.mp4"), "one,two");
  EXPECT_EQ(files_below(folder.path()), 1u);
}

TEST(StoreFile, OneThatIsNotCommittedLeavesNothing) {
  support::TempFolder folder;
  auto store = FolderStore::open(folder.path());
  {
    auto file = (*store)->open_file("a/b");
    ASSERT_THAT(file, IsOk());
    ASSERT_THAT((*file)->append(to_bytes("x")), IsOk());
  }
  EXPECT_EQ(files_below(folder.path()), 0u);
}

TEST(StoreFile, AFullDiskIsAFailureThatNamesTheFile) {
  if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "no /dev/full";
  support::TempFolder folder;
  std::filesystem::create_symlink("/dev/full", folder / ".m.ts.tmp");
  auto store = FolderStore::open(folder.path());
  auto file = (*store)->open_file("m.ts");
  ASSERT_THAT(file, IsOk());
  EXPECT_THAT((*file)->append(to_bytes("x")), FailsWith(Code::kIo, HasSubstr("m.ts")));
}

TEST(StoreFile, NamesNeverLeadOutside) {
  support::TempFolder folder;
  auto store = FolderStore::open(folder.path());
  MemoryStore memory;
  EXPECT_THAT((*store)->open_file("../x"), FailsWith(Code::kUsage, HasSubstr("..")));
  EXPECT_THAT(memory.open_file("/x"), FailsWith(Code::kUsage, HasSubstr("/x")));
}

TEST(StoreFile, InMemoryItIsTheSame) {
  MemoryStore store;
  auto file = store.open_file("w");
  ASSERT_THAT((*file)->append(to_bytes("a")), IsOk());
  ASSERT_THAT((*file)->append(to_bytes("b")), IsOk());
  EXPECT_EQ(store.files().count("w"), 0u);
  ASSERT_THAT((*file)->commit(), IsOk());
  EXPECT_EQ(store.files()["w"], to_bytes("ab"));
}

TEST(StoreFile, AStoreOfWholeFilesRefuses) {
  class PutOnly : public Store {
    Result<void> put(std::string_view, ByteView) override { return {}; }
    Result<void> remove(std::string_view) override { return {}; }
  } store;
  EXPECT_THAT(store.open_file("m.ts"), FailsWith(Code::kUnsupported, HasSubstr("to a folder")));
}

}  // namespace
}  // namespace weir
