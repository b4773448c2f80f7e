// A small HLS presentation that keeps every rule, in a folder of its own, to be broken by a test:
// two variants of six seconds in three segments, one sound rendition.
#pragma once

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "hls/segment_writer.h"
#include "media/codec_string.h"
#include "support/coded_stream.h"
#include "support/temp_folder.h"

namespace weir::support {

class SamplePresentation {
 public:
  struct Video {
    std::string name;
    int width = 64;
    int height = 48;
    int gop = 25;
    std::vector<int> cuts = {0, 50, 100,
                             150};  ///< Frame numbers at 25 a second; the last is the end.
    std::map<std::string, std::string> options = {};  ///< Of the encoder.
    int late_segment = -1;                            ///< From this segment on stamps are later,
    int late_by = 5;                                  ///< by so many pictures.
  };
  struct Shape {
    std::vector<Video> videos = {{.name = "a"}, {.name = "b", .width = 96, .height = 72}};
    bool ts = false;
  };

  SamplePresentation() : SamplePresentation(Shape{}) {}
  explicit SamplePresentation(const Shape& shape) : ts_(shape.ts) {
    const Made sound = audio();
    std::string text = "#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-INDEPENDENT-SEGMENTS\n";
    text +=
        "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"snd\",NAME=\"Sound\",LANGUAGE=\"en\",DEFAULT=YES,"
        "AUTOSELECT=YES,CHANNELS=\"2\",URI=\"s.m3u8\"\n";
    for (const auto& spec : shape.videos) {
      const Made picture = video(spec);
      text += fmt::format(
          "#EXT-X-STREAM-INF:BANDWIDTH={},AVERAGE-BANDWIDTH={},CODECS=\"{},{}\","
          "RESOLUTION={}x{},FRAME-RATE=25.000,AUDIO=\"snd\"\n{}.m3u8\n",
          picture.peak + sound.peak, picture.average + sound.average, picture.codec, sound.codec,
          spec.width, spec.height, spec.name);
    }
    write("main.m3u8", text);
  }

  std::string location() const { return folder_ / "main.m3u8"; }
  std::string path(const std::string& name) const { return folder_ / name; }
  std::string read(const std::string& name) const {
    std::ifstream file(folder_ / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name, std::ios::binary) << text;
  }
  /// Replaces the first `from`, which must be there.
  void edit(const std::string& name, const std::string& from, const std::string& to) const {
    std::string text = read(name);
    const auto at = text.find(from);
    require(at != std::string::npos, "the text to replace is not there");
    write(name, text.replace(at, from.size(), to));
  }
  /// Replaces what stands between `from` and the next of `ends` by `to`.
  void edit_value(const std::string& name, const std::string& from, const std::string& ends,
                  const std::string& to) const {
    std::string text = read(name);
    const auto at = text.find(from);
    require(at != std::string::npos, "the attribute is not there");
    const auto begin = at + from.size();
    write(name, text.replace(begin, text.find_first_of(ends, begin) - begin, to));
  }

 private:
  struct Made {
    std::string codec;
    std::int64_t peak = 0;
    std::int64_t average = 0;
  };

  Made video(const Video& spec) {
    std::map<std::string, std::string> options = {{"preset", "ultrafast"}, {"sc_threshold", "0"}};
    options.insert(spec.options.begin(), spec.options.end());
    CodedStream stream = encode_video({.width = spec.width,
                                       .height = spec.height,
                                       .frames = spec.cuts.back(),
                                       .gop = spec.gop,
                                       .b_frames = 0,
                                       .options = options});
    for (const int cut : spec.cuts)  // the writer wants a key packet, whatever the bitstream says
      if (cut < spec.cuts.back())
        stream.packets[static_cast<std::size_t>(cut)].raw()->flags |= AV_PKT_FLAG_KEY;
    std::vector<std::int64_t> cuts(spec.cuts.begin(), spec.cuts.end());
    if (spec.late_segment >= 0)
      for (std::size_t i =
               static_cast<std::size_t>(cuts[static_cast<std::size_t>(spec.late_segment)]);
           i < stream.packets.size(); ++i)
        for (auto* stamp : {&stream.packets[i].raw()->pts, &stream.packets[i].raw()->dts})
          *stamp += spec.late_by;
    return segments(stream, spec.name, cuts);
  }

  Made audio() {
    CodedStream stream = encode_audio({.frames = 281});
    for (auto& packet : stream.packets) {
      packet.raw()->pts += 1024;
      packet.raw()->dts += 1024;
    }
    return segments(stream, "s", {0, 94, 188, std::int64_t(stream.packets.size())});
  }

  // `cuts` are packet numbers. EXTINF is the media's length to a microsecond.
  Made segments(const CodedStream& stream, const std::string& name,
                const std::vector<std::int64_t>& cuts) {
    auto writer = ts_ ? hls::open_ts_writer(stream.track) : hls::open_cmaf_writer(stream.track);
    require(writer.has_value(), "no segment writer");
    std::string text =
        "#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-TARGETDURATION:2\n#EXT-X-PLAYLIST-TYPE:VOD\n";
    if (!ts_) text += fmt::format("#EXT-X-MAP:URI=\"{}.mp4\"\n", name);
    Made made{media::codec_string(stream.track).value(), 0, 0};
    double seconds = 0;
    double bits = 0;
    for (std::size_t i = 0; i + 1 < cuts.size(); ++i) {
      const hls::Segment segment = take(stream, cuts[i], cuts[i + 1], std::int64_t(i));
      auto bytes = (*writer)->write(segment);
      require(bytes.has_value(), "the segment writer refuses a segment");
      if (bytes->init) put(name + ".mp4", *bytes->init);
      const std::string file = fmt::format("{}{}.{}", name, i, ts_ ? "ts" : "m4s");
      put(file, bytes->media.joined());
      const double length = segment.duration.seconds();
      text += fmt::format("#EXTINF:{:.6f},\n{}\n", length, file);
      const double size = static_cast<double>(bytes->media.size()) * 8;
      made.peak = std::max(made.peak, std::int64_t(std::ceil(size / length)));
      bits += size;
      seconds += length;
    }
    made.average = std::int64_t(bits / seconds);
    write(name + ".m3u8", text + "#EXT-X-ENDLIST\n");
    return made;
  }

  static hls::Segment take(const CodedStream& stream, std::int64_t from, std::int64_t to,
                           std::int64_t number) {
    hls::Segment segment;
    segment.number = number;
    const auto& first = stream.packets[static_cast<std::size_t>(from)];
    std::int64_t length = 0;
    for (std::int64_t i = from; i < to; ++i) {
      segment.packets.push_back(stream.packets[static_cast<std::size_t>(i)].share());
      length += segment.packets.back().raw()->duration;
    }
    segment.start = first.pts();
    segment.duration = {length, first.base()};
    return segment;
  }

  void put(const std::string& name, const Bytes& bytes) const {
    write(name, std::string(bytes.begin(), bytes.end()));
  }

  bool ts_;
  TempFolder folder_;
};

}  // namespace weir::support
