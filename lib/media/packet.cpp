#include "media/packet.h"

#include <cstring>
#include <new>

namespace weir::media {
namespace {

template <typename T>
T* required(T* object) {
  if (object == nullptr) throw std::bad_alloc();
  return object;
}

}  // namespace

Packet::Packet() : packet_(required(av_packet_alloc())) {}

Packet Packet::take(AVPacket* from) {
  Packet packet;
  av_packet_move_ref(packet.raw(), from);
  return packet;
}

Packet Packet::of(ByteView bytes) {
  Packet packet;
  if (av_new_packet(packet.raw(), static_cast<int>(bytes.size())) < 0) throw std::bad_alloc();
  if (!bytes.empty()) std::memcpy(packet.raw()->data, bytes.data(), bytes.size());
  return packet;
}

Packet Packet::share() const {
  Packet packet;
  if (av_packet_ref(packet.raw(), packet_.get()) < 0) throw std::bad_alloc();
  return packet;
}

void Packet::shift(Time by) {
  packet_->pts += by.in(packet_->time_base);
  packet_->dts += by.in(packet_->time_base);
}

void Packet::rebase(AVRational base) {
  av_packet_rescale_ts(packet_.get(), packet_->time_base, base);
  packet_->time_base = base;
}

Frame::Frame() : frame_(required(av_frame_alloc())) {}

Frame Frame::take(AVFrame* from) {
  Frame frame;
  av_frame_move_ref(frame.raw(), from);
  return frame;
}

Frame Frame::share() const {
  Frame frame;
  if (av_frame_ref(frame.raw(), frame_.get()) < 0) throw std::bad_alloc();
  return frame;
}

std::int64_t Frame::cost() const {
  std::int64_t bytes = 0;
  for (const AVBufferRef* buffer : frame_->buf)
    if (buffer != nullptr) bytes += static_cast<std::int64_t>(buffer->size);
  return bytes;
}

}  // namespace weir::media
