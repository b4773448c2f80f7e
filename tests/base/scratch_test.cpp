// What a run puts aside for itself is gone when it ends, also when it was killed.
#include "base/scratch.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cstdlib>
#include <fstream>
#include <optional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/matchers.h"
#include "support/temp_folder.h"

namespace weir {
namespace {

namespace fs = std::filesystem;
using support::FailsWith;
using support::IsOk;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// The temporary folder is the test's own.
class ScratchTest : public ::testing::Test {
 protected:
  ScratchTest() {
    if (const char* before = std::getenv("TMPDIR")) before_ = before;
    ::setenv("TMPDIR", folder_.path().c_str(), 1);
  }
  ~ScratchTest() override {
    before_ ? ::setenv("TMPDIR", before_->c_str(), 1) : ::unsetenv("TMPDIR");
  }

  support::TempFolder folder_;

 private:
  std::optional<std::string> before_;
};

void fill(const fs::path& folder) {
  fs::create_directory(folder / "inside");
  std::ofstream(folder / "inside" / "file") << "content";
}

// The number of a process that has ended.
pid_t dead_process() {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  ::waitpid(child, nullptr, 0);
  return child;
}

TEST_F(ScratchTest, IsAFolderOfItsOwnAndGoesWithAllItHolds) {
  fs::path path;
  {
    const auto scratch = Scratch::make(ScratchPlace::kDisk);
    ASSERT_THAT(scratch, IsOk());
    path = scratch->folder();
    EXPECT_EQ(path.parent_path(), folder_.path());
    EXPECT_TRUE(fs::is_directory(path));
    fill(path);
  }
  EXPECT_FALSE(fs::exists(path));
  EXPECT_TRUE(fs::is_empty(folder_.path()));
}

TEST_F(ScratchTest, NobodyElseMayLookInside) {
  const auto scratch = Scratch::make(ScratchPlace::kDisk);
  EXPECT_EQ(fs::status(scratch->folder()).permissions(), fs::perms::owner_all);
}

TEST_F(ScratchTest, MovesAndIsRemovedOnce) {
  auto scratch = Scratch::make(ScratchPlace::kDisk);
  fill(scratch->folder());
  std::optional<Scratch> moved(std::move(*scratch));
  const fs::path path = moved->folder();
  scratch = fail(Code::kInternal, "the one moved from is gone");
  EXPECT_TRUE(fs::exists(path / "inside" / "file"));
  moved.reset();
  EXPECT_FALSE(fs::exists(path));
}

TEST_F(ScratchTest, TwoOfOneRunLiveSideBySide) {
  const auto one = Scratch::make(ScratchPlace::kDisk);
  const auto two = Scratch::make(ScratchPlace::kDisk);
  EXPECT_NE(one->folder(), two->folder());
  EXPECT_TRUE(fs::exists(one->folder()));
}

TEST_F(ScratchTest, WhatADeadProcessLeftIsRemovedByTheNextRun) {
  const fs::path orphan = folder_.path() / fmt::format("weir-{}-abc123", dead_process());
  fs::create_directory(orphan);
  fill(orphan);
  const auto scratch = Scratch::make(ScratchPlace::kDisk);
  EXPECT_FALSE(fs::exists(orphan));
  EXPECT_TRUE(fs::exists(scratch->folder()));
}

TEST_F(ScratchTest, WhatIsNotAnOrphanOfOursStays) {
  const std::string dead = std::to_string(dead_process());
  const std::vector<std::string> names{
      fmt::format("weir-{}-abc123", ::getppid()),  // somebody at work
      "weir-test-abc123",
      "weir-",
      "weir--5-abc123",
      "weir-0-abc123",
      "other-" + dead + "-abc123",
      dead,
      "weir-" + dead};
  for (const auto& name : names) fs::create_directory(folder_.path() / name);
  const auto scratch = Scratch::make(ScratchPlace::kDisk);
  for (const auto& name : names) EXPECT_TRUE(fs::exists(folder_.path() / name)) << name;
}

TEST_F(ScratchTest, AnOrphanThatIsALinkLeavesWhatItPointsTo) {
  const support::TempFolder elsewhere;
  fill(elsewhere.path());
  fs::create_directory_symlink(elsewhere.path(),
                               folder_.path() / fmt::format("weir-{}-abc123", dead_process()));
  const auto scratch = Scratch::make(ScratchPlace::kDisk);
  EXPECT_TRUE(fs::exists(elsewhere.path() / "inside" / "file"));
}

TEST_F(ScratchTest, InMemoryWhereTheSystemHasSuchAPlace) {
  const auto scratch = Scratch::make(ScratchPlace::kMemory);
  ASSERT_THAT(scratch, IsOk());
  const bool has = ::access("/dev/shm", W_OK | X_OK) == 0;
  EXPECT_EQ(scratch->folder().parent_path(), has ? fs::path("/dev/shm") : folder_.path());
}

TEST_F(ScratchTest, SaysWhereAndWhyItCannotBeMade) {
  const fs::path file = folder_.path() / "file";
  std::ofstream(file) << "no folder";
  for (const fs::path& none : {file, folder_.path() / "missing"}) {
    ::setenv("TMPDIR", none.c_str(), 1);
    EXPECT_THAT(Scratch::make(ScratchPlace::kDisk),
                FailsWith(Code::kIo, StartsWith("cannot make a temporary folder: TMPDIR")));
  }
}

}  // namespace
}  // namespace weir
