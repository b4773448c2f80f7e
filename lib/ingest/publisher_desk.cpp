#include "ingest/publisher_desk.h"

#include <utility>

namespace weir::ingest {

class PublisherDesk::Handler : public rtmp::StreamHandler {
 public:
  Handler(PublisherDesk& desk, std::int64_t publisher, std::string text)
      : desk_(desk), publisher_(publisher), text_(std::move(text)) {}

  void started() override {
    if (publisher_ == desk_.publisher_)
      desk_.queue_.put({.kind = Notice::Kind::kBegin, .text = text_});
  }
  void take(flv::Tag tag) override { desk_.take(publisher_, std::move(tag)); }
  void ended(const Error& why) override { desk_.end(publisher_, why); }

 private:
  PublisherDesk& desk_;
  const std::int64_t publisher_;
  const std::string text_;
};

Result<void> check_visitor(const DeskRules& rules, const rtmp::StreamName& name) {
  const bool right = !rules.keys || rules.keys->allow(name.stream, name.key);
  if (!right) return fail(Code::kRefused, "no such stream, or not with this key");
  if (name.app != rules.app) return fail(Code::kRefused, "no such application here");
  if (!rules.stream.empty() && name.stream != rules.stream)
    return fail(Code::kRefused, "another stream is taken here");
  return {};
}

Result<void> PublisherDesk::take_over(const rtmp::Visitor& visitor) {
  WEIR_TRY(takeovers_.add(clock_.monotonic(), kMostChanges));
  media::count(rules_.repairs, &media::Repairs::takeovers);
  log_.warning("a publisher at {} takes over from the one before", visitor.address);
  std::exchange(current_, nullptr)->end("another publisher has taken over");
  return {};
}

Result<std::unique_ptr<rtmp::StreamHandler>> PublisherDesk::admit(
    const rtmp::Visitor& visitor, std::shared_ptr<rtmp::ServedStream> stream) {
  auto may = check_visitor(rules_, visitor.name);
  if (may && current_) may = take_over(visitor);
  if (!may) {
    refusals_.warning(clock_.monotonic(), fmt::format("a publisher at {} is refused: {}",
                                                      visitor.address, may.error().what));
    return fail(std::move(may).error());
  }
  if (rules_.stream.empty()) rules_.stream = visitor.name.stream;
  current_ = std::move(stream);
  held_ = false;
  ++publisher_;
  return std::make_unique<Handler>(*this, publisher_,
                                   fmt::format("the publisher at {}", visitor.address));
}

void PublisherDesk::take(std::int64_t publisher, flv::Tag tag) {
  if (publisher != publisher_ || !current_) return;
  queue_.put({.kind = Notice::Kind::kTag, .tag = std::move(tag)});
  if (held_ || queue_.bytes() <= rules_.most_waiting) return;
  held_ = true;
  current_->hold(true);
}

void PublisherDesk::end(std::int64_t publisher, const Error& why) {
  if (publisher != publisher_ || !current_) return;
  current_.reset();
  const std::string text = why.code == Code::kStopped ? "it ended its stream" : why.what;
  queue_.put({.kind = Notice::Kind::kEnd, .text = text});
}

void PublisherDesk::make_room() {
  if (std::exchange(held_, false) && current_) current_->hold(false);
}

void PublisherDesk::put_out(const std::string& text) {
  if (current_) std::exchange(current_, nullptr)->end(text);
}

}  // namespace weir::ingest
