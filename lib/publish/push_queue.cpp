#include "publish/push_queue.h"

#include <algorithm>
#include <optional>

#include "base/bytes.h"
#include "flv/body_reader.h"

namespace weir::publish {
namespace {

using Kind = PushEntry::Kind;

constexpr std::int64_t kMetadata = 0;

bool is_metadata(ByteView body) {
  constexpr std::string_view kName("\x02\x00\x0aonMetaData", 13);
  return body.size() >= kName.size() && as_text(body.first(kName.size())) == kName;
}

bool is_header(flv::BodyKind kind) {
  return kind != flv::BodyKind::kFrame && kind != flv::BodyKind::kEnd &&
         kind != flv::BodyKind::kCommand;
}

// Of headers with one number the last is in force.
std::int64_t header_number(flv::TagType type, const flv::BodyPart& part) {
  return static_cast<std::int64_t>(type) << 32 | static_cast<std::int64_t>(part.kind) << 16 |
         part.track;
}

TagPtr at_stamp(const TagPtr& tag, std::int64_t stamp_ms) {
  if (tag->timestamp_ms == stamp_ms) return tag;
  return std::make_shared<flv::Tag>(flv::Tag{tag->type, stamp_ms, tag->body});
}

}  // namespace

PushQueue::PushQueue(PushLimits limits, bool pictures)
    : limits_(limits), pictures_(pictures), entrance_(pictures), exit_(pictures) {
  exit_.begin();
}

PushQueue::Queued PushQueue::classify(TagPtr tag) {
  Queued out{{Kind::kOther, false, {}, tag->timestamp_ms}, tag, kMetadata};
  if (tag->type == flv::TagType::kScript) {
    if (is_metadata(tag->body)) out.entry.kind = Kind::kHeader;
    return out;
  }
  const auto parts = flv::read_body(*tag);
  if (!parts || parts->empty()) return out;
  if (is_header(parts->front().kind)) {
    out.entry.kind = Kind::kHeader;
    out.header = header_number(tag->type, parts->front());
  } else if (tag->type == flv::TagType::kVideo && parts->front().kind == flv::BodyKind::kFrame) {
    out.entry.kind = Kind::kPicture;
    out.entry.key = std::ranges::all_of(*parts, &flv::BodyPart::key);
    for (const auto& part : *parts) out.entry.tracks.push_back(part.track);
  }
  return out;
}

void PushQueue::push(TagPtr tag) {
  Queued queued = classify(std::move(tag));
  if (!entrance_.passes(queued.entry)) return drop(queued);
  bytes_ += static_cast<std::int64_t>(queued.tag->body.size());
  entries_.push_back(std::move(queued));
  if (full()) make_room();
}

bool PushQueue::full() const {
  return entries_.size() > 1 && (bytes_ > limits_.bytes || duration() > limits_.duration);
}

Micros PushQueue::duration() const {
  if (entries_.empty()) return {};
  const auto ms = entries_.back().entry.stamp_ms - entries_.front().entry.stamp_ms;
  return Micros(std::max<std::int64_t>(0, ms) * 1000);
}

// Sound alone has no groups: it loses half of what waits.
void PushQueue::make_room() {
  ++drops_.times;
  const std::size_t half = entries_.size() / 2;
  do {
    drop_front();
    while (!entries_.empty() &&
           (pictures_ ? !entries_.front().entry.start() : entries_.size() > half))
      drop_front();
  } while (full());
  exit_.close();
  if (pictures_ && entries_.empty()) entrance_.close();
}

PushQueue::Queued PushQueue::pop() {
  Queued queued = std::move(entries_.front());
  entries_.pop_front();
  touched_ = true;
  bytes_ -= static_cast<std::int64_t>(queued.tag->body.size());
  return queued;
}

void PushQueue::drop_front() {
  const Queued queued = pop();
  if (queued.entry.kind == Kind::kHeader) {
    remember(queued);
    headers_due_ = true;
  } else {
    drop(queued);
  }
}

void PushQueue::drop(const Queued& queued) {
  ++drops_.tags;
  drops_.bytes += static_cast<std::int64_t>(queued.tag->body.size());
}

void PushQueue::remember(const Queued& queued) {
  for (auto& [number, tag] : headers_) {
    if (number != queued.header) continue;
    tag = queued.tag;
    return;
  }
  headers_.emplace_back(queued.header, queued.tag);
}

void PushQueue::restart() {
  due_.clear();
  touched_ ? exit_.close() : exit_.begin();
  headers_due_ = true;
}

void PushQueue::clear() {
  entries_.clear();
  due_.clear();
  headers_.clear();
  bytes_ = 0;
}

void PushQueue::begin_with(const Queued& queued) {
  headers_due_ = false;
  for (const auto& [number, tag] : headers_) due_.push_back(at_stamp(tag, queued.entry.stamp_ms));
  due_.push_back(queued.tag);
}

TagPtr PushQueue::take() {
  while (due_.empty() && !entries_.empty()) {
    const Queued queued = pop();
    if (queued.entry.kind == Kind::kHeader) {
      remember(queued);
      if (!headers_due_) return queued.tag;
    } else if (!exit_.passes(queued.entry)) {
      drop(queued);
    } else if (headers_due_) {
      begin_with(queued);
    } else {
      return queued.tag;
    }
  }
  if (due_.empty()) return nullptr;
  const TagPtr tag = std::move(due_.front());
  due_.pop_front();
  return tag;
}

}  // namespace weir::publish
