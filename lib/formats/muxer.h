// A libavformat muxer writing to a descriptor, with the failures and the file handling of Weir.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "flow/stage.h"
#include "formats/byte_io.h"
#include "media/packet.h"
#include "media/track.h"

namespace weir::formats {

/// Where the bytes go: "-" is standard output (never a terminal), else a file; `whole` files keep a
/// temporary name beside the final one until commit().
class OutputFile {
 public:
  static Result<OutputFile> open(const std::string& path, bool whole);
  /// Takes the descriptor, which commit() closes too; `name` is for messages.
  static OutputFile adopt(int fd, const std::string& name) {
    return OutputFile(name, "", fd, false);
  }
  ~OutputFile();
  OutputFile(OutputFile&& other) noexcept;
  OutputFile& operator=(OutputFile&&) = delete;

  int fd() const { return fd_; }
  const std::string& path() const { return path_; }  ///< As messages and readers know it.
  /// Where the bytes are until commit().
  const std::string& working_path() const { return temporary_; }
  /// Closes and gives the file its name.
  Result<void> commit();
  /// Closes; a file that had no commit() is removed if it is a whole one.
  void discard();

 private:
  OutputFile(std::string path, std::string temporary, int fd, bool whole)
      : path_(std::move(path)), temporary_(std::move(temporary)), fd_(fd), whole_(whole) {}
  std::string path_;
  std::string temporary_;
  int fd_;
  bool whole_;
};

using MuxerOptions = std::vector<std::pair<std::string, std::string>>;

/// One muxer: streams are added, then the header, packets and trailer are written.
class Muxer {
 public:
  static Result<std::unique_ptr<Muxer>> open(const char* format, OutputFile file);

  /// The stream a track's packets go to.
  Result<AVStream*> add(const media::Track& track);
  AVFormatContext* context() { return context_.get(); }
  Result<void> write_header(const MuxerOptions& options);
  /// Rebases to the stream and writes; the bytes leave the process before it returns if `flush`.
  /// kDone: the reader of a pipe has gone.
  Result<flow::Flow> write(media::Packet packet, int stream, bool flush);
  /// The trailer, then the file gets its name.
  Result<void> finish();
  void discard() { file_.discard(); }
  bool header_written() const { return header_written_; }

 private:
  explicit Muxer(OutputFile file) : file_(std::move(file)), writer_(file_.fd()) {}
  Error error(int av_error) const;

  OutputFile file_;
  FdWriter writer_;
  media::OutputPtr context_;
  bool header_written_ = false;
};

}  // namespace weir::formats
