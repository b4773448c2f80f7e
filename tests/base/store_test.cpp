#include "base/store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/stat.h>
#include <unistd.h>
#include <atomic>
#include <fstream>
#include <iterator>
#include <thread>

#include "support/matchers.h"
#include "support/temp_folder.h"

namespace weir {
namespace {

namespace fs = std::filesystem;
using support::FailsWith;
using support::IsOk;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

std::string content(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<std::string> names_in(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) names.push_back(entry.path().filename());
  return names;
}

TEST(FolderStore, PutsBytesUnderTheirNameAndNothingElse) {
  support::TempFolder folder;
  auto store = FolderStore::open(folder / "out");
  ASSERT_THAT(store, IsOk());
  EXPECT_THAT((*store)->put("a.m4s", as_bytes("one")), IsOk());
  EXPECT_EQ(content(folder / "out/a.m4s"), "one");
  EXPECT_THAT(names_in(folder / "out"), ElementsAre("a.m4s"));
}

TEST(FolderStore, ReplacesWhatWasThere) {
  support::TempFolder folder;
  auto store = FolderStore::open(folder.path());
  ASSERT_THAT(store, IsOk());
  ASSERT_THAT((*store)->put("list.m3u8", as_bytes("a longer text")), IsOk());
  ASSERT_THAT((*store)->put("list.m3u8", as_bytes("short")), IsOk());
  EXPECT_EQ(content(folder / "list.m3u8"), "short");
}

TEST(FolderStore, MakesFoldersAsNeeded) {
  support::TempFolder folder;
  auto store = FolderStore::open(folder.path());
  ASSERT_THAT(store, IsOk());
  EXPECT_THAT((*store)->put("720p/deep/a.m4s", as_bytes("x")), IsOk());
  EXPECT_EQ(content(folder / "720p/deep/a.m4s"), "x");
}

TEST(FolderStore, AReaderSeesOldOrNewButNeverAPart) {
  support::TempFolder folder;
  auto store = FolderStore::open(folder.path());
  ASSERT_THAT(store, IsOk());
  const std::string one(200'000, '1'), two(200'000, '2');
  ASSERT_THAT((*store)->put("f", as_bytes(one)), IsOk());
  std::atomic<bool> stop = false;
  std::atomic<int> torn = 0;
  std::jthread reader([&] {
    while (!stop) {
      const auto seen = content(folder / "f");
      if (seen != one && seen != two) ++torn;
    }
  });
  for (int i = 0; i < 100; ++i)
    ASSERT_THAT((*store)->put("f", as_bytes(i % 2 == 0 ? two : one)), IsOk());
  stop = true;
  reader.join();
  EXPECT_EQ(torn, 0);
}

TEST(FolderStore, AFailedPutLeavesTheOldFileAndNoTemporary) {
  support::TempFolder folder;
  auto store = FolderStore::open(folder.path());
  ASSERT_THAT(store, IsOk());
  // A folder where the file should go lets the write succeed and the rename fail.
  fs::create_directories(folder.path() / "taken" / "inside");
  EXPECT_THAT((*store)->put("taken", as_bytes("x")),
              FailsWith(Code::kIo, HasSubstr("cannot write '" + folder / "taken" + "'")));
  EXPECT_THAT(names_in(folder.path()), ElementsAre("taken"));
}

TEST(FolderStore, AFullDiskIsAFailureThatNamesIt) {
  support::TempFolder folder;
  auto store = FolderStore::open(folder.path());
  ASSERT_THAT(store, IsOk());
  // The temporary name leads to a device that is always full.
  fs::create_symlink("/dev/full", folder.path() / ".a.m4s.tmp");
  EXPECT_THAT((*store)->put("a.m4s", as_bytes("x")),
              FailsWith(Code::kIo, HasSubstr("no space left on device")));
  EXPECT_THAT(names_in(folder.path()), IsEmpty());
}

TEST(FolderStore, WhatIsPrivateIsNeverReadableForEverybody) {
  support::TempFolder folder;
  auto store = FolderStore::open(folder.path());
  ASSERT_THAT(store, IsOk());
  ASSERT_THAT((*store)->put("a.key", as_bytes("old")), IsOk());
  std::ofstream(folder / ".a.key.tmp") << "left by a killed run, readable for everybody";
  ::chmod((folder / ".a.key.tmp").c_str(), 0666);
  ASSERT_THAT((*store)->put_private("a.key", as_bytes("key")), IsOk());
  struct stat info {};
  ASSERT_EQ(::stat((folder / "a.key").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777 & ~0640u, 0u);
  EXPECT_EQ(info.st_mode & 0600, 0600u);
  EXPECT_EQ(content(folder / "a.key"), "key");
  EXPECT_THAT(names_in(folder.path()), ElementsAre("a.key"));
}

TEST(FolderStore, NamesLeadingOutsideAreRefused) {
  support::TempFolder folder;
  auto store = FolderStore::open(folder / "in");
  ASSERT_THAT(store, IsOk());
  for (const char* name : {"", "../a", "/etc/a", "a/../../b", "a/.."}) {
    EXPECT_THAT((*store)->put(name, as_bytes("x")), FailsWith(Code::kUsage, HasSubstr(name)))
        << name;
    EXPECT_THAT((*store)->remove(name), FailsWith(Code::kUsage, HasSubstr(name))) << name;
  }
  EXPECT_THAT(names_in(folder.path()), ElementsAre("in"));
}

TEST(FolderStore, RemovingWhatIsNotThereIsNoFailure) {
  support::TempFolder folder;
  auto store = FolderStore::open(folder.path());
  ASSERT_THAT(store, IsOk());
  ASSERT_THAT((*store)->put("a", as_bytes("x")), IsOk());
  EXPECT_THAT((*store)->remove("a"), IsOk());
  EXPECT_THAT((*store)->remove("a"), IsOk());
  EXPECT_THAT(names_in(folder.path()), IsEmpty());
}

TEST(FolderStore, GivesBackWhatIsThere) {
  support::TempFolder folder;
  auto store = FolderStore::open(folder.path());
  ASSERT_THAT(store, IsOk());
  ASSERT_THAT((*store)->put("720p/a", as_bytes("one")), IsOk());
  auto again = FolderStore::open(folder.path());
  ASSERT_THAT(again, IsOk());
  const auto got = (*again)->get("720p/a");
  ASSERT_THAT(got, IsOk());
  EXPECT_EQ(*got, to_bytes("one"));
  const auto none = (*again)->get("360p/a");
  ASSERT_THAT(none, IsOk());
  EXPECT_EQ(*none, std::nullopt);
  EXPECT_THAT((*again)->get("720p"), FailsWith(Code::kIo, HasSubstr("cannot read")));
  EXPECT_THAT((*again)->get("../a"), FailsWith(Code::kUsage, HasSubstr("../a")));
}

TEST(FolderStore, RemovingAlsoTakesAwayWhatAKilledRunLeft) {
  support::TempFolder folder;
  auto store = FolderStore::open(folder.path());
  ASSERT_THAT(store, IsOk());
  std::ofstream(folder / ".a.m4s.tmp") << "half";
  EXPECT_THAT((*store)->remove("a.m4s"), IsOk());
  EXPECT_THAT(names_in(folder.path()), IsEmpty());
}

TEST(FolderStore, WhatIsUnfinishedGoesWithoutWhatIsThere) {
  const support::TempFolder folder;
  const auto store = *FolderStore::open(folder.path());
  ASSERT_THAT(store->put("a", as_bytes("whole")), IsOk());
  std::ofstream(folder / ".a.tmp") << "torn";
  store->remove_unfinished("a");
  store->remove_unfinished("../b");
  EXPECT_FALSE(std::filesystem::exists(folder / ".a.tmp"));
  EXPECT_EQ(*store->get("a"), to_bytes("whole"));
}

TEST(FolderStore, AFolderThatIsRemovedWhileInUseIsAFailureAndStaysRemoved) {
  support::TempFolder folder;
  auto store = FolderStore::open(folder / "out");
  ASSERT_THAT(store, IsOk());
  ASSERT_THAT((*store)->put("720p/a", as_bytes("x")), IsOk());
  fs::remove_all(folder.path() / "out" / "720p");
  EXPECT_THAT((*store)->put("720p/b", as_bytes("x")),
              FailsWith(Code::kIo, HasSubstr("removed while it was in use")));
  EXPECT_THAT((*store)->put("360p/a", as_bytes("x")), IsOk());
  fs::remove_all(folder.path() / "out");
  for (const auto* name : {"a", "480p/a"})
    EXPECT_THAT((*store)->put(name, as_bytes("x")),
                FailsWith(Code::kIo, HasSubstr("removed while it was in use")));
  EXPECT_THAT(names_in(folder.path()), IsEmpty());
}

TEST(FolderStore, AFileWhereTheFolderShouldBeIsAFailure) {
  support::TempFolder folder;
  std::ofstream(folder / "file") << "x";
  EXPECT_THAT(FolderStore::open(folder / "file"), FailsWith(Code::kIo, HasSubstr("file")));
  EXPECT_THAT(FolderStore::open(folder / "file/below"),
              FailsWith(Code::kIo, HasSubstr("file/below")));
}

TEST(FolderStore, AFolderThatCannotBeWrittenIsAFailure) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may write everywhere";
  support::TempFolder folder;
  ::chmod(folder.path().c_str(), 0500);
  EXPECT_THAT(FolderStore::open(folder.path()),
              FailsWith(Code::kIo, HasSubstr("permission denied")));
  ::chmod(folder.path().c_str(), 0700);
}

TEST(Store, WhatHasNoWayOfItsOwnIsPutAtOnceAndNothingIsLost) {
  MemoryStore store;
  ASSERT_THAT(store.put_segment("s", Bytes{'x'}, Micros(1)), IsOk());
  ASSERT_THAT(store.put_private("k", as_bytes("y")), IsOk());
  ASSERT_THAT(
      store.put_listing("l", [](const IsLost& lost) { return to_bytes(lost("s") ? "-" : "s"); }),
      IsOk());
  EXPECT_THAT(store.flush(), IsOk());
  EXPECT_THAT(store.files(), UnorderedElementsAre(::testing::Pair("s", Bytes{'x'}),
                                                  ::testing::Pair("k", Bytes{'y'}),
                                                  ::testing::Pair("l", Bytes{'s'})));
}

TEST(MemoryStore, KeepsWhatWasPut) {
  MemoryStore store;
  ASSERT_THAT(store.put("a/b", as_bytes("x")), IsOk());
  ASSERT_THAT(store.put("c", as_bytes("y")), IsOk());
  ASSERT_THAT(store.put("c", as_bytes("z")), IsOk());
  ASSERT_THAT(store.remove("a/b"), IsOk());
  EXPECT_THAT(store.files(), UnorderedElementsAre(::testing::Pair("c", Bytes{'z'})));
  EXPECT_THAT(store.put("../c", as_bytes("x")), FailsWith(Code::kUsage, HasSubstr("../c")));
  EXPECT_EQ(store.get("c"), to_bytes("z"));
  EXPECT_EQ(store.get("a/b"), std::nullopt);
}

}  // namespace
}  // namespace weir
