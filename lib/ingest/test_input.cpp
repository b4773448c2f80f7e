#include "ingest/test_input.h"

#include <charconv>
#include <deque>

#include "codec/encoder.h"
#include "ingest/test_pattern.h"

namespace weir::ingest {
namespace {

constexpr int kSoundPacket = 1024;  // samples

class TestInput : public formats::Input, private flow::Sink<media::Packet> {
 public:
  static Result<std::unique_ptr<formats::Input>> open(const std::string& url,
                                                      const PatternOptions& pattern,
                                                      const formats::InputOptions& options);

  Result<std::optional<media::Item>> next() override;
  const media::Tracks& tracks() const override { return tracks_; }
  const std::string& name() const override { return name_; }
  bool seekable() const override { return false; }
  std::optional<Micros> duration() const override { return options_.duration; }
  std::string container() const override { return "test"; }
  bool has_events() const override { return false; }

 private:
  TestInput(const std::string& url, const PatternOptions& pattern,
            const formats::InputOptions& options)
      : name_("'" + url + "'"), pattern_(pattern), options_(options) {}
  Result<flow::Flow> push(media::Packet packet) override {
    packet.raw()->duration = packet.track() == 0 ? 1 : 0;  // canonical: PCM has no frames
    ready_.push_back(std::move(packet));
    return flow::Flow::kMore;
  }
  Result<void> finish() override { return {}; }
  Result<void> make_next();

  std::string name_;
  PatternOptions pattern_;
  formats::InputOptions options_;
  media::Tracks tracks_;
  std::unique_ptr<codec::Encoder> video_;
  std::unique_ptr<codec::Encoder> audio_;
  std::deque<media::Packet> ready_;
  std::int64_t picture_ = 0;
  std::int64_t sample_ = 0;
  bool over_ = false;
};

codec::VideoSettings near_lossless(const PatternOptions& pattern) {
  codec::VideoSettings settings;
  settings.width = pattern.width;
  settings.height = pattern.height;
  settings.frame_rate = pattern.frame_rate;
  settings.time_base = av_inv_q(pattern.frame_rate);
  settings.range = AVCOL_RANGE_MPEG;
  settings.primaries = AVCOL_PRI_BT709;
  settings.transfer = AVCOL_TRC_BT709;
  settings.matrix = AVCOL_SPC_BT709;
  const auto second = media::Time{1, {1, 1}}.in(settings.time_base);
  settings.options = {{"preset", "ultrafast"},
                      {"tune", "zerolatency"},
                      {"qp", "6"},
                      {"g", fmt::format("{}", second)},
                      {"x264-params", "repeat-headers=1:scenecut=0"}};
  return settings;
}

Result<std::unique_ptr<formats::Input>> TestInput::open(const std::string& url,
                                                        const PatternOptions& pattern,
                                                        const formats::InputOptions& options) {
  std::unique_ptr<TestInput> self(new TestInput(url, pattern, options));
  WEIR_TRY_ASSIGN(self->video_, codec::Encoder::open(near_lossless(pattern), *self));
  codec::AudioSettings sound;
  sound.encoder = "pcm_s16le";
  sound.sample_rate = pattern.sample_rate;
  sound.bitrate = 0;
  WEIR_TRY_ASSIGN(self->audio_, codec::Encoder::open(sound, *self));
  self->audio_->set_index(1);
  self->tracks_ = {self->video_->track(), self->audio_->track()};
  return std::unique_ptr<formats::Input>(std::move(self));
}

Result<void> TestInput::make_next() {
  const media::Time at{picture_, av_inv_q(pattern_.frame_rate)};
  over_ = options_.duration && at.micros() >= options_.duration->count();
  std::int64_t due = at.in({1, pattern_.sample_rate});
  if (over_)
    due = media::Time{options_.duration->count(), media::kMicros}.in({1, pattern_.sample_rate});
  while (sample_ + (over_ ? 0 : kSoundPacket) <= due && sample_ < due) {
    const int count = static_cast<int>(std::min<std::int64_t>(kSoundPacket, due - sample_));
    WEIR_TRY(audio_->push(sound(pattern_, sample_, count)));
    sample_ += count;
  }
  if (over_) return video_->finish();
  WEIR_TRY(video_->push(paint(pattern_, picture_++)));
  return {};
}

Result<std::optional<media::Item>> TestInput::next() {
  while (ready_.empty()) {
    if (options_.stop != nullptr && options_.stop->requested())
      return fail(Code::kStopped, "stopped");
    if (over_) return std::optional<media::Item>();
    WEIR_TRY(make_next());
  }
  media::Item item(std::move(ready_.front()));
  ready_.pop_front();
  return std::optional(std::move(item));
}

Result<AVRational> parse_rate(std::string_view text) {
  int whole = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), whole);
  if (error == std::errc() && end == text.data() + text.size()) return AVRational{whole, 1};
  return media::parse_rational(text);
}

Result<void> read_part(std::string_view part, PatternOptions& options) {
  const auto equals = part.find('=');
  const auto key = part.substr(0, equals);
  const auto value = equals == std::string_view::npos ? "" : part.substr(equals + 1);
  if (key == "size") {
    WEIR_TRY_ASSIGN(const Size size, parse_size(value));
    options.width = size.width;
    options.height = size.height;
    if (size.width < 16 || size.height < 16 || size.width > 8192 || size.height > 8192)
      return fail(Code::kUsage, "test source size '{}' is out of range: 16x16 to 8192x8192", value);
    return {};
  }
  if (key == "rate") {
    auto rate = parse_rate(value);
    if (!rate || av_q2d(*rate) < 1 || av_q2d(*rate) > 240)
      return fail(Code::kUsage, "test source rate '{}' is out of range: 1 to 240", value);
    options.frame_rate = *rate;
    return {};
  }
  return fail(Code::kUsage, "test source has no '{}': it knows size and rate", key);
}

}  // namespace

Result<std::unique_ptr<formats::Input>> open_test_input(const std::string& url,
                                                        const formats::InputOptions& options) {
  PatternOptions pattern;
  std::string_view rest = std::string_view(url).substr(std::string_view("test:").size());
  while (!rest.empty()) {
    const auto comma = std::min(rest.find(','), rest.size());
    WEIR_TRY(read_part(rest.substr(0, comma), pattern));
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  return TestInput::open(url, pattern, options);
}

Result<std::unique_ptr<formats::Input>> open_any_input(const std::string& url,
                                                       const formats::InputOptions& options) {
  return url.starts_with("test:") ? open_test_input(url, options)
                                  : formats::Input::open(url, options);
}

}  // namespace weir::ingest
