#include "edge/folder_watch.h"

#include <fcntl.h>

#include <algorithm>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <future>
#include <mutex>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "edge/http_answer.h"
#include "net/event_loop.h"
#include "support/temp_folder.h"

namespace weir::edge {
namespace {

namespace fs = std::filesystem;
using What = FolderWatch::What;
using Event = std::pair<What, std::string>;

class FolderWatchTest : public testing::Test {
 protected:
  FolderWatchTest() {
    fs::create_directories(root() / "a/b");
    watch_ = std::move(*FolderWatch::open(loop_.context(), [this](What what, const auto& name) {
      const std::lock_guard lock(mutex_);
      events_.emplace_back(what, name);
      told_.notify_all();
    }));
    for (const std::string folder : {"", "a", "a/b"}) EXPECT_TRUE(watch(folder));
  }
  ~FolderWatchTest() override { loop_.stop(); }

  fs::path root() const { return folder_.path(); }
  bool watch(const std::string& name) {
    const OpenFile folder(::open((root() / name).c_str(), O_RDONLY | O_DIRECTORY));
    return watch_->watch(name, folder.fd());
  }
  bool is_told(What what, const std::string& name, int times = 1) {
    std::unique_lock lock(mutex_);
    return told_.wait_for(lock, std::chrono::seconds(10), [&] {
      return std::count(events_.begin(), events_.end(), Event(what, name)) >= times;
    });
  }
  void forget() {
    const std::lock_guard lock(mutex_);
    events_.clear();
  }

  support::TempFolder folder_;
  net::EventLoop loop_;
  std::mutex mutex_;
  std::condition_variable told_;
  std::vector<Event> events_;
  std::unique_ptr<FolderWatch> watch_;
};

TEST_F(FolderWatchTest, TellsOfFiles) {
  std::ofstream(root() / "a/one") << "x";
  EXPECT_TRUE(is_told(What::kFile, "a/one"));
  fs::rename(root() / "a/one", root() / "a/b/two");
  EXPECT_TRUE(is_told(What::kFile, "a/b/two"));
  forget();
  fs::remove(root() / "a/b/two");
  EXPECT_TRUE(is_told(What::kFile, "a/b/two"));
  std::ofstream(root() / "three") << "x";
  EXPECT_TRUE(is_told(What::kFile, "three"));
}

TEST_F(FolderWatchTest, AFolderThatMovesIsForgottenWithWhatIsInIt) {
  fs::rename(root() / "a", root() / "c");
  EXPECT_TRUE(is_told(What::kFolder, "a"));
  EXPECT_FALSE(watch_->is_watched("a"));
  EXPECT_FALSE(watch_->is_watched("a/b"));
  EXPECT_TRUE(watch_->is_watched(""));
  EXPECT_TRUE(is_told(What::kFolder, "c"));  // which forgets what is in it as well
  EXPECT_TRUE(watch("c/b"));
  std::ofstream(root() / "c/b/one") << "x";
  EXPECT_TRUE(is_told(What::kFile, "c/b/one"));
}

TEST_F(FolderWatchTest, AFolderThatGoesCanComeAgain) {
  fs::remove_all(root() / "a/b");
  EXPECT_TRUE(is_told(What::kFolder, "a/b", 2));  // by itself and by its folder
  fs::create_directories(root() / "a/b");
  EXPECT_TRUE(watch("a/b"));
  std::ofstream(root() / "a/b/one") << "x";
  EXPECT_TRUE(is_told(What::kFile, "a/b/one"));
}

TEST_F(FolderWatchTest, OneFolderUnderTwoNamesIsWatchedUnderOne) {
  const OpenFile folder(::open((root() / "a").c_str(), O_RDONLY | O_DIRECTORY));
  EXPECT_FALSE(watch_->watch("other", folder.fd()));
  EXPECT_FALSE(watch_->is_watched("other"));
  EXPECT_FALSE(watch_->watch("none", -1));
}

TEST_F(FolderWatchTest, SaysWhenTooMuchHappened) {
  std::size_t most = 0;
  std::ifstream("/proc/sys/fs/inotify/max_queued_events") >> most;
  if (most == 0 || most > 100'000) GTEST_SKIP() << "this system queues " << most << " events";
  std::promise<void> begun, done;
  loop_.post([&] {
    begun.set_value();
    done.get_future().wait();
  });
  begun.get_future().wait();
  std::ofstream(root() / "x") << "x";
  for (std::size_t i = 0; i <= most / 2; ++i) {
    fs::rename(root() / "x", root() / "y");
    fs::rename(root() / "y", root() / "x");
  }
  done.set_value();
  EXPECT_TRUE(is_told(What::kEverything, ""));
  std::ofstream(root() / "behind") << "x";
  EXPECT_TRUE(is_told(What::kFile, "behind"));
}

}  // namespace
}  // namespace weir::edge
