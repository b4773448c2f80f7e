// Reads the packets of bytes in memory with libavformat, as a witness from outside.
#pragma once

#include <cstring>
#include <map>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "media/av_ptr.h"
#include "media/packet.h"
#include "media/track.h"

namespace weir::support {

struct Demuxed {
  media::Parameters par;
  AVRational time_base{1, 1};
  std::vector<media::Packet> packets;  ///< Of the first stream.
};

/// Options for MPEG-TS: without them libavformat stamps only the first packet of the first PES.
inline const std::map<std::string, std::string> kWholeTs{{"scan_all_pmts", "1"}};

inline Demuxed demux(const Bytes& bytes, const char* format,
                     const std::map<std::string, std::string>& options = {}) {
  struct Reader {
    const Bytes& bytes;
    std::size_t at = 0;
    static int read(void* self, std::uint8_t* to, int size) {
      auto& r = *static_cast<Reader*>(self);
      const std::size_t n = std::min(static_cast<std::size_t>(size), r.bytes.size() - r.at);
      if (n == 0) return AVERROR_EOF;
      std::memcpy(to, r.bytes.data() + r.at, n);
      r.at += n;
      return static_cast<int>(n);
    }
  } reader{bytes};
  Demuxed out;
  AVIOContext* io = avio_alloc_context(static_cast<unsigned char*>(av_malloc(4096)), 4096, 0,
                                       &reader, Reader::read, nullptr, nullptr);
  AVFormatContext* raw = avformat_alloc_context();
  raw->pb = io;
  AVDictionary* dictionary = nullptr;
  for (const auto& [key, value] : options) av_dict_set(&dictionary, key.c_str(), value.c_str(), 0);
  const int status = avformat_open_input(&raw, "", av_find_input_format(format), &dictionary);
  av_dict_free(&dictionary);
  if (status >= 0) {
    const media::InputPtr input(raw);
    avformat_find_stream_info(raw, nullptr);
    if (raw->nb_streams > 0) {
      out.par = media::copy_parameters(*raw->streams[0]->codecpar);
      out.time_base = raw->streams[0]->time_base;
      media::Packet packet;
      while (av_read_frame(raw, packet.raw()) >= 0) {
        packet.raw()->time_base = out.time_base;
        out.packets.push_back(media::Packet::take(packet.raw()));
      }
    }
  }
  av_freep(&io->buffer);
  avio_context_free(&io);
  return out;
}

}  // namespace weir::support
