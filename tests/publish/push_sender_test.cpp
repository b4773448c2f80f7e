#include "publish/push_sender.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>
#include <thread>

#include "flv/amf0.h"
#include "flv/body.h"
#include "net/event_loop.h"
#include "rtmp/server.h"
#include "support/words.h"

namespace weir::publish {
namespace {

using flv::TagType;
using testing::HasSubstr;

/// Publishers come, and what they send is kept. On a loop of its own.
class Target {
 public:
  Target() {
    rtmp::ListenOptions options;
    options.port = 0;
    rtmp::StreamGates gates;
    gates.publish = [this](const rtmp::Visitor& visitor,
                           std::shared_ptr<rtmp::ServedStream> stream) {
      return admit(visitor, std::move(stream));
    };
    auto opened = rtmp::Server::open(loop_.context(), options, gates, nullptr, Random::system());
    EXPECT_TRUE(opened);
    server_ = std::move(*opened);
  }
  ~Target() {
    loop_.stop();
    server_.reset();
  }

  rtmp::Url url() const {
    return *rtmp::parse_url(
        fmt::format("rtmp://127.0.0.1:{}/live/cam?key=secret", server_->port()));
  }
  /// Waits for so many tags in all; false after ten seconds.
  bool came(std::size_t count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(10), [&] { return tags_.size() >= count; });
  }
  std::vector<flv::Tag> tags() {
    const std::lock_guard lock(mutex_);
    return tags_;
  }
  /// Sends the publisher away.
  void put_out() {
    loop_.post([this] { stream_->end("later"); });
  }
  void refuse(bool refusing) {
    const std::lock_guard lock(mutex_);
    refusing_ = refusing;
  }

 private:
  class Handler : public rtmp::StreamHandler {
   public:
    explicit Handler(Target& target) : target_(target) {}
    void take(flv::Tag tag) override {
      const std::lock_guard lock(target_.mutex_);
      target_.tags_.push_back(std::move(tag));
      target_.changed_.notify_all();
    }
    void ended(const Error&) override {}

   private:
    Target& target_;
  };

  Result<std::unique_ptr<rtmp::StreamHandler>> admit(const rtmp::Visitor& visitor,
                                                     std::shared_ptr<rtmp::ServedStream> stream) {
    const std::lock_guard lock(mutex_);
    if (refusing_ || visitor.name.key.reveal() != "secret")
      return fail(Code::kRefused, "not this one");
    stream_ = std::move(stream);
    return std::make_unique<Handler>(*this);
  }

  std::mutex mutex_;  // guards the next ones
  std::condition_variable changed_;
  std::vector<flv::Tag> tags_;
  bool refusing_ = false;

  net::EventLoop loop_;
  std::shared_ptr<rtmp::ServedStream> stream_;
  std::unique_ptr<rtmp::Server> server_;
};

TagPtr tag(TagType type, std::int64_t at_ms, Bytes body) {
  return std::make_shared<flv::Tag>(flv::Tag{type, at_ms, std::move(body)});
}
TagPtr picture(std::int64_t at_ms, bool key) {
  const flv::BodyForm form{flv::kAvcId, 0};
  return tag(TagType::kVideo, at_ms, flv::video_frame(form, {key, 0}, Bytes(100, 7)));
}

void push_start(PushSender& sender) {
  Bytes metadata;
  flv::AmfWriter(metadata).text("onMetaData");
  sender.push(tag(TagType::kScript, 0, metadata));
  sender.push(tag(TagType::kVideo, 0, {0x17, 0, 0, 0, 0, 1}));
}

PushOptions options(const rtmp::Url& url) {
  PushOptions out;
  out.url = url;
  out.name = "the target";
  out.retry.first = Micros(1000);
  out.retry.longest = Micros(20'000);
  return out;
}

TEST(PushSender, SendsAStreamAndTakesLeave) {
  Target target;
  support::Words words;
  PushSender sender(options(target.url()), Clock::system(), Random::system(), words);
  push_start(sender);
  for (int i = 0; i < 50; ++i) sender.push(picture(i * 40, i % 25 == 0));
  sender.finish();
  const PushReport report = sender.report();
  EXPECT_EQ(report.state, PushState::kEnded);
  EXPECT_TRUE(report.ever);
  EXPECT_EQ(report.tags, 52U);
  EXPECT_EQ(report.drops.tags, 0U);
  ASSERT_TRUE(target.came(52));
  const auto tags = target.tags();
  ASSERT_EQ(tags.size(), 52U);
  EXPECT_EQ(tags[0].type, TagType::kScript);
  EXPECT_EQ(tags[51].timestamp_ms, 49 * 40);
  EXPECT_EQ(tags[51].body, picture(0, false)->body);
  EXPECT_EQ(words.infos.front(), "the target: publishing");
}

TEST(PushSender, BeginsAgainAtAKeyFrameAfterABreak) {
  Target target;
  support::Words words;
  PushSender sender(options(target.url()), Clock::system(), Random::system(), words);
  push_start(sender);
  sender.push(picture(0, true));
  ASSERT_TRUE(target.came(3));
  target.put_out();
  while (sender.report().reconnects == 0) std::this_thread::yield();
  sender.push(picture(40, false));
  sender.push(picture(80, true));
  ASSERT_TRUE(target.came(6));
  const auto tags = target.tags();
  EXPECT_EQ(tags[3].type, TagType::kScript);
  EXPECT_EQ(tags[4].body[1], 0);  // the configuration
  EXPECT_EQ(tags[5].timestamp_ms, 80);
  sender.finish();
  EXPECT_EQ(sender.report().drops.tags, 1U);
  ASSERT_FALSE(words.warnings.empty());
  EXPECT_THAT(words.warnings.front(), HasSubstr("later"));
  EXPECT_THAT(words.warnings.front(), HasSubstr("trying again"));
}

TEST(PushSender, KeepsTryingAServerThatRefuses) {
  Target target;
  target.refuse(true);
  support::Words words;
  PushSender sender(options(target.url()), Clock::system(), Random::system(), words);
  push_start(sender);
  sender.push(picture(0, true));
  while (sender.report().failure.empty()) std::this_thread::yield();
  EXPECT_THAT(sender.report().failure, HasSubstr("not this one"));
  EXPECT_THAT(sender.report().failure, testing::Not(HasSubstr("secret")));
  target.refuse(false);
  ASSERT_TRUE(target.came(3));
  sender.finish();
  EXPECT_EQ(sender.report().reconnects, 0U);
}

TEST(PushSender, GivesUpAndKeepsNothing) {
  Target target;
  target.refuse(true);
  support::Words words;
  auto opt = options(target.url());
  opt.retry.give_up = Micros(0);
  PushSender sender(opt, Clock::system(), Random::system(), words);
  push_start(sender);
  while (sender.report().state != PushState::kGivenUp) std::this_thread::yield();
  sender.push(picture(0, true));
  EXPECT_EQ(sender.report().queued_bytes, 0);
  sender.finish();
  EXPECT_EQ(sender.report().state, PushState::kGivenUp);
  EXPECT_THAT(words.warnings.back(), HasSubstr("giving it up"));
}

TEST(PushSender, HoldsNoMoreThanItsLimitForATargetThatIsNotThere) {
  support::Words words;
  auto opt = options(*rtmp::parse_url("rtmp://127.0.0.1:1/live/cam"));
  opt.limits.bytes = 5000;
  PushSender sender(opt, Clock::system(), Random::system(), words);
  push_start(sender);
  for (int i = 0; i < 1000; ++i) {
    sender.push(picture(i * 40, i % 25 == 0));
    ASSERT_LE(sender.report().queued_bytes, 5000);
  }
  EXPECT_GT(sender.report().drops.times, 10U);
  while (sender.report().failure.empty()) std::this_thread::yield();
  sender.finish();
  EXPECT_FALSE(sender.report().ever);
}

}  // namespace
}  // namespace weir::publish
