#include "formats/flv_input.h"

#include <algorithm>
#include <cstring>
#include <string_view>
#include <utility>

#include "flv/body_reader.h"

namespace weir::formats {
namespace {

constexpr std::size_t kReadBytes = 256 * 1024;
constexpr Micros kFileTrackWait{10'000'000};  // which costs no delay
constexpr media::Time kReadAhead{2, {1, 1}};  // how long a track may keep the others waiting

bool has_key(const flv::TagView& tag, bool pictures) {
  if ((tag.type == flv::TagType::kVideo) != pictures) return false;
  const auto parts = flv::read_body(tag);
  return parts && std::ranges::any_of(*parts, [](const flv::BodyPart& part) {
           return part.key && part.kind == flv::BodyKind::kFrame;
         });
}

// The size field at the end of a file leads to its last tag.
std::int64_t last_stamp_ms(AVIOContext* io) {
  constexpr std::int64_t kSizeField = 4;
  const std::int64_t here = avio_tell(io);
  const std::int64_t end = avio_size(io) - kSizeField;
  std::int64_t stamp_ms = 0;
  if (end > here && avio_seek(io, end, SEEK_SET) == end) {
    const std::int64_t tag = end - avio_rb32(io);
    if (tag >= here && avio_seek(io, tag, SEEK_SET) == tag) {
      const unsigned type = avio_r8(io) & 0x1fu;
      (void)avio_rb24(io);
      const std::int64_t low = avio_rb24(io);
      if (type == 8 || type == 9) stamp_ms = low | static_cast<std::int64_t>(avio_r8(io)) << 24;
    }
  }
  avio_seek(io, here, SEEK_SET);
  return stamp_ms;
}

}  // namespace

bool FlvInput::reads(const Demuxer& demuxer) {
  const std::string_view name = demuxer.context()->iformat->name;
  return name == "flv" || name == "live_flv";
}

FlvInput::FlvInput(std::unique_ptr<Demuxer> demuxer, const InputOptions& options)
    : demuxer_(std::move(demuxer)),
      options_(options),
      stream_(demuxer_->name(), options.log, options.repairs,
              demuxer_->seekable() ? std::max(options.track_wait, kFileTrackWait)
                                   : options.track_wait) {
  if (options.dates) stream_.tell_dates();
}

// libavformat has taken the file header when it opened the container.
Result<std::unique_ptr<Input>> FlvInput::open(std::unique_ptr<Demuxer> demuxer,
                                              const InputOptions& options) {
  std::unique_ptr<FlvInput> self(new FlvInput(std::move(demuxer), options));
  Bytes header;
  ByteWriter out(header);
  flv::write_file_header(true, true, out);
  self->reader_.feed(header);
  if (self->seekable()) self->length_ms_ = last_stamp_ms(self->demuxer_->context()->pb);
  WEIR_TRY(self->open_tracks());
  if (options.start && options.start->count() > 0) WEIR_TRY(self->start_at(*options.start));
  WEIR_TRY(self->read_ahead());
  self->fix_shift();
  return std::unique_ptr<Input>(std::move(self));
}

void FlvInput::take() {
  while (auto item = stream_.next()) {
    if (const auto* packet = std::get_if<media::Packet>(&*item))
      seen_[static_cast<std::size_t>(packet->track())] = true;
    ready_.push_back(std::move(*item));
  }
}

// Nothing at the end, and when the stream is of a kind that is not read.
Result<std::optional<flv::TagView>> FlvInput::next_tag() {
  while (!broken_) {
    if (!damaged_) {
      auto tag = reader_.next_view();
      if (tag && *tag && options_.flv_tags)
        options_.flv_tags(**tag, reader_.consumed() - std::int64_t((*tag)->body.size()) -
                                     std::int64_t(flv::kTagOverhead));
      if (tag && *tag) return *tag;
      damaged_ = !tag && tag.error().code == Code::kBadInput;
      if (!tag && !damaged_)
        broken_ = Error{tag.error().code,
                        fmt::format("cannot read on in {}: {}", name(), tag.error().what)};
      if (broken_) break;
    }
    if (damaged_ && reader_.resync()) {
      damaged_ = false;
      continue;
    }
    WEIR_TRY_ASSIGN(const std::size_t size, demuxer_->read_bytes(reader_.space(kReadBytes)));
    reader_.fed(size);
    if (size > 0) continue;
    if (!reader_.resync(true)) break;
    damaged_ = false;
  }
  return std::optional<flv::TagView>();
}

// False at the end.
Result<bool> FlvInput::read_more() {
  if (finished_) return false;
  WEIR_TRY_ASSIGN(const auto tag, next_tag());
  finished_ = !tag;
  if (tag && options_.start && !stream_.ready()) first_tags_.push_back(tag->copy());
  if (tag) WEIR_TRY(stream_.push(*tag));
  if (!tag) WEIR_TRY(stream_.finish());
  if (!stream_.ready()) return !finished_;
  seen_.resize(stream_.tracks().size());
  take();
  return !finished_;
}

Result<void> FlvInput::open_tracks() {
  while (!stream_.ready()) {
    WEIR_TRY_ASSIGN(const bool more, read_more());
    if (!more) break;
  }
  return {};
}

bool FlvInput::all_seen() const {
  return std::ranges::all_of(seen_, [](bool seen) { return seen; });
}

// The one shift for all tracks is known once every track has shown its first stamp.
Result<void> FlvInput::read_ahead() {
  while (!all_seen() || ready_.empty()) {
    WEIR_TRY_ASSIGN(const bool more, read_more());
    if (!more) break;
    if (ready_.empty()) continue;
    const media::Time first = media::position(ready_.front());
    const media::Time most{first.micros() + kReadAhead.micros(), media::kMicros};
    if (media::position(ready_.back()) > most) break;
  }
  tracks_ = stream_.tracks();
  over_.resize(tracks_.size());
  if (ready_.empty())
    return fail(Code::kBadInput, "cannot read {}: no video or sound packet in it", name());
  return {};
}

/// Of decoding, and of showing.
std::pair<media::Time, media::Time> FlvInput::first_stamps() const {
  std::optional<media::Time> earliest, begin;
  for (const auto& item : ready_)
    if (const auto* packet = std::get_if<media::Packet>(&item)) {
      earliest = std::min({earliest.value_or(packet->dts()), packet->dts(), packet->pts()});
      begin = std::min(begin.value_or(packet->pts()), packet->pts());
    }
  return {earliest.value_or(media::Time()), begin.value_or(media::Time())};
}

void FlvInput::fix_shift() {
  const auto [earliest, begin] = first_stamps();
  shift_ = {-earliest.ticks, earliest.base};
  for (auto& track : tracks_) track.shift = shift_;
  if (options_.duration)
    limit_ =
        media::Time{begin.micros() + shift_.micros() + options_.duration->count(), media::kMicros};
}

// Goes on from the last key frame at or before that moment, as if the stream began there.
Result<void> FlvInput::start_at(Micros start) {
  if (ready_.empty()) return {};
  const std::int64_t target_ms = (first_stamps().second.micros() + start.count()) / 1000;
  const bool pictures = media::main_video(stream_.tracks()) != nullptr;
  std::vector<flv::Tag> since;
  for (auto& tag : std::exchange(first_tags_, {})) {
    if (tag.timestamp_ms <= target_ms && has_key(tag, pictures)) since.clear();
    since.push_back(std::move(tag));
  }
  while (!finished_ && (since.empty() || since.back().timestamp_ms <= target_ms)) {
    WEIR_TRY_ASSIGN(auto tag, next_tag());
    if (!tag) break;
    if (tag->timestamp_ms <= target_ms && has_key(*tag, pictures)) since.clear();
    WEIR_TRY(stream_.push(*tag));  // configurations stay in force
    since.push_back(tag->copy());
  }
  ready_.clear();
  seen_.assign(seen_.size(), false);
  WEIR_TRY(stream_.restart());
  for (const auto& tag : since) WEIR_TRY(stream_.push(tag));
  if (finished_) WEIR_TRY(stream_.finish());
  take();
  return {};
}

bool FlvInput::beyond_end(const media::Item& item) {
  if (!limit_) return false;
  const auto* packet = std::get_if<media::Packet>(&item);
  if (packet == nullptr) return media::position(item) >= *limit_;
  if (packet->dts() >= *limit_) over_[static_cast<std::size_t>(packet->track())] = true;
  return packet->pts() >= *limit_;
}

Result<std::optional<media::Item>> FlvInput::next() {
  while (true) {
    while (ready_.empty()) {
      WEIR_TRY_ASSIGN(const bool more, read_more());
      if (more || !ready_.empty()) continue;
      WEIR_TRY(check_complete());
      return std::optional<media::Item>();
    }
    media::Item item = std::move(ready_.front());
    ready_.pop_front();
    media::shift_item(item, shift_);
    if (!beyond_end(item)) return std::optional(std::move(item));
    if (std::ranges::all_of(over_, [](bool over) { return over; }))
      return std::optional<media::Item>();
  }
}

Result<void> FlvInput::check_complete() const {
  if (broken_) return fail(*broken_);
  if (reader_.breaks() > 0 || damaged_)
    return fail(Code::kBadInput, "{} is damaged: {} bytes of it could not be read and are left out",
                name(), reader_.skipped() + static_cast<std::int64_t>(reader_.pending()));
  if (reader_.pending() == 0) return {};
  return fail(Code::kBadInput, "{} is cut off: it ends within a tag, of which {} bytes are there",
              name(), reader_.pending());
}

std::optional<Micros> FlvInput::duration() const {
  if (options_.duration) return options_.duration;
  if (length_ms_ <= 0) return {};
  return Micros(length_ms_ * 1000) - options_.start.value_or(Micros(0));
}

}  // namespace weir::formats
