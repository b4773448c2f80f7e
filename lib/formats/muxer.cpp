#include "formats/muxer.h"

#include <fcntl.h>
#include <unistd.h>
#include <cerrno>
#include <cstdio>
#include <filesystem>

extern "C" {
#include <libavutil/mem.h>
}

#include "base/folder_file.h"
#include "base/os_error.h"

namespace weir::formats {

Result<OutputFile> OutputFile::open(const std::string& path, bool whole) {
  if (path == "-") {
    if (isatty(STDOUT_FILENO) != 0)
      return fail(Code::kUsage,
                  "will not write a stream to a terminal: use -o FILE, or a pipe to the next tool");
    return OutputFile("standard output", "", STDOUT_FILENO, false);
  }
  const std::filesystem::path target(path);
  std::error_code ignored;
  // A device or a named pipe is written in place: a rename would replace it.
  if (std::filesystem::exists(target, ignored) &&
      !std::filesystem::is_regular_file(target, ignored) &&
      !std::filesystem::is_directory(target, ignored))
    whole = false;
  const auto temporary = whole ? temporary_of(path) : path;
  if (std::filesystem::is_directory(target, ignored))
    return fail(Code::kIo, "cannot write '{}': it is a folder", path);
  const int fd = ::open(temporary.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (fd < 0) return fail(Code::kIo, "cannot write '{}': {}", path, os_error_text(errno));
  return OutputFile(path, temporary, fd, whole);
}

OutputFile::OutputFile(OutputFile&& other) noexcept
    : path_(std::move(other.path_)),
      temporary_(std::move(other.temporary_)),
      fd_(std::exchange(other.fd_, -1)),
      whole_(other.whole_) {}

OutputFile::~OutputFile() {
  discard();
}

Result<void> OutputFile::commit() {
  if (fd_ == STDOUT_FILENO) return {};
  int error = ::close(std::exchange(fd_, -1)) == 0 ? 0 : errno;
  if (whole_ && error == 0 && std::rename(temporary_.c_str(), path_.c_str()) != 0) error = errno;
  if (error == 0) return {};
  if (whole_) ::unlink(temporary_.c_str());
  return fail(Code::kIo, "cannot write '{}': {}", path_, os_error_text(error));
}

void OutputFile::discard() {
  if (fd_ < 0 || fd_ == STDOUT_FILENO) return;
  ::close(std::exchange(fd_, -1));
  if (whole_) ::unlink(temporary_.c_str());
}

Result<std::unique_ptr<Muxer>> Muxer::open(const char* format, OutputFile file) {
  std::unique_ptr<Muxer> self(new Muxer(std::move(file)));
  AVFormatContext* context = nullptr;
  const int error = avformat_alloc_output_context2(&context, nullptr, format, nullptr);
  if (error < 0) return fail(self->error(error));
  self->context_.reset(context);
  context->url = av_strdup(self->file_.working_path().c_str());  // faststart reads the file again
  context->pb = self->writer_.io();
  context->flags |= AVFMT_FLAG_CUSTOM_IO | AVFMT_FLAG_BITEXACT;
  context->avoid_negative_ts = 0;
  return self;
}

Error Muxer::error(int av_error) const {
  const int cause = writer_.error() != 0 ? AVERROR(writer_.error()) : av_error;
  return {Code::kIo,
          fmt::format("cannot write '{}': {}", file_.path(), media::av_error_text(cause))};
}

Result<AVStream*> Muxer::add(const media::Track& track) {
  AVStream* stream = avformat_new_stream(context_.get(), nullptr);
  if (stream == nullptr || avcodec_parameters_copy(stream->codecpar, track.par.get()) < 0)
    return fail(Code::kInternal, "out of memory");
  stream->time_base = track.time_base;
  if (track.frame_rate.num > 0) stream->avg_frame_rate = track.frame_rate;
  stream->sample_aspect_ratio = track.par->sample_aspect_ratio;
  if (!track.language.empty())
    av_dict_set(&stream->metadata, "language", track.language.c_str(), 0);
  return stream;
}

Result<void> Muxer::write_header(const MuxerOptions& options) {
  AVDictionary* dictionary = nullptr;
  for (const auto& [key, value] : options) av_dict_set(&dictionary, key.c_str(), value.c_str(), 0);
  const int error = avformat_write_header(context_.get(), &dictionary);
  av_dict_free(&dictionary);
  if (error < 0 && writer_.error() != EPIPE) return fail(this->error(error));
  header_written_ = true;
  return {};
}

Result<flow::Flow> Muxer::write(media::Packet packet, int stream, bool flush) {
  packet.rebase(context_->streams[stream]->time_base);
  packet.raw()->stream_index = stream;
  int error = av_write_frame(context_.get(), packet.raw());
  if (flush) avio_flush(context_->pb);
  if (writer_.error() == EPIPE) return flow::Flow::kDone;
  if (writer_.error() != 0) error = AVERROR(writer_.error());
  if (error < 0) return fail(this->error(error));
  return flow::Flow::kMore;
}

Result<void> Muxer::finish() {
  int error = header_written_ ? av_write_trailer(context_.get()) : 0;
  avio_flush(context_->pb);
  if (writer_.error() == EPIPE) return {};
  if (error < 0 || writer_.error() != 0) {
    file_.discard();
    return fail(this->error(error));
  }
  return file_.commit();
}

}  // namespace weir::formats
