// A transport stream in pieces, each of one kind: libavformat takes the codec of a stream from its
// first program map and reads on by it whatever later maps say.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "base/bytes.h"
#include "formats/byte_io.h"

namespace weir::formats {

/// A section ends in front of the program map that puts other pictures or sounds in the place of
/// some it had: a stream is of another type, or has another PID. What is only added or only gone
/// ends nothing. Source: ISO/IEC 13818-1:2019, sections 2.4.4.3 to 2.4.4.9.
///
/// Packets are of 188 bytes; other bytes pass unread. A seek, which only the first section allows,
/// forgets the maps.
class TsSections {
 public:
  /// `from` is borrowed and read from where it stands.
  explicit TsSections(AVIOContext* from);

  /// The bytes of the current section.
  AVIOContext* io() { return io_.get(); }
  /// Once io() has come to its end: true when another section follows, which a new io() has.
  bool next();

 private:
  using Streams = std::set<std::pair<int, int>>;  // PID and type
  struct Assembly {                               // of sections, by their PID
    Bytes bytes;
    std::int64_t begin = 0;  // offset of the packet the first one begins in
  };

  static int read(void* self, std::uint8_t* to, int size);
  static std::int64_t seek(void* self, std::int64_t offset, int whence);
  int fill();
  void scan();
  void take(ByteView packet);
  void take_sections(int pid);
  void take_programs(ByteView section);
  void take_map(ByteView section, int program, std::int64_t begin);
  std::size_t readable() const;

  AVIOContext* from_;
  IoPtr io_;
  Bytes held_;                          // read, not handed out
  std::int64_t offset_ = 0;             // of held_ in all that was read
  std::size_t scanned_ = 0;             // of held_
  bool ended_ = false;                  // nothing more comes from below
  std::optional<std::int64_t> border_;  // offset
  Bytes association_;                   // the last packet of the table of programs
  std::map<int, int> programs_;         // by the PID of their maps
  std::map<int, Streams> known_;        // by program
  std::map<int, Assembly> open_;
};

}  // namespace weir::formats
