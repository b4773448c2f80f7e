#include "formats/demuxer.h"

#include <unistd.h>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "base/clock.h"

namespace weir::formats {
namespace {

// What a person can act on is said before libavformat is asked: it reports a folder or an empty
// file as invalid data.
Result<void> check_local(const std::string& path) {
  std::error_code ignored;
  if (path.find("://") != std::string::npos) return {};
  if (std::filesystem::is_directory(path, ignored))
    return fail(Code::kIo, "cannot open '{}': it is a folder, give a file", path);
  if (std::filesystem::is_regular_file(path, ignored) && std::filesystem::is_empty(path, ignored))
    return fail(Code::kBadInput, "cannot read '{}': the file is empty", path);
  return {};
}

std::string reason(int av_error) {
  if (av_error == AVERROR(ENOENT)) return "no such file";
  if (av_error == AVERROR_INVALIDDATA || av_error == AVERROR_EOF)
    return "it is not a media file, or it is cut off before its first picture";
  if (av_error == AVERROR_PROTOCOL_NOT_FOUND) return "no such file, and no known protocol";
  return media::av_error_text(av_error);
}

}  // namespace

int Demuxer::interrupted(void* self) {
  auto& own = *static_cast<Demuxer*>(self);
  if (own.deadline_ && Clock::system().monotonic() > *own.deadline_) own.late_ = true;
  return own.stopped() || own.late_ ? 1 : 0;
}

void Demuxer::begin_wait() {
  if (patience_) deadline_ = Clock::system().monotonic() + *patience_;
}

Error Demuxer::error(int av_error, std::string_view doing) const {
  if (late_ && !stopped())
    return {Code::kTimeout,
            fmt::format("nothing came from {} for {}", name_, format_duration(*patience_))};
  if (av_error == AVERROR_EXIT || stopped()) return {Code::kStopped, "stopped"};
  const bool damaged = av_error == AVERROR_INVALIDDATA || av_error == AVERROR_EOF ||
                       av_error == AVERROR_PATCHWELCOME || av_error == AVERROR_DEMUXER_NOT_FOUND;
  return {damaged ? Code::kBadInput : Code::kIo,
          fmt::format("cannot {} {}: {}", doing, name_, reason(av_error))};
}

Result<std::unique_ptr<Demuxer>> Demuxer::open(const std::string& url, const StopSource* stop,
                                               std::optional<Micros> patience) {
  const bool standard_input = url == "-";
  if (!standard_input) WEIR_TRY(check_local(url));
  if (standard_input && isatty(STDIN_FILENO) != 0)
    return fail(Code::kUsage, "no input: name a file or a URL, or pipe a stream in");
  const std::string name = standard_input ? "standard input" : fmt::format("'{}'", url);
  std::unique_ptr<Demuxer> self(new Demuxer(name, stop, patience));
  self->begin_wait();
  if (standard_input) self->stdin_.emplace(STDIN_FILENO, stop);
  WEIR_TRY(self->open_container(standard_input ? nullptr : url.c_str(), nullptr,
                                standard_input ? self->stdin_->io() : nullptr));
  const char* format = self->context_->iformat->name;
  if (std::strcmp(format, "tty") == 0)  // would make a picture of any text
    return fail(self->error(AVERROR_INVALIDDATA, "open"));
  if (std::strcmp(format, "mpegts") == 0) WEIR_TRY(self->divide());
  return self;
}

Result<void> Demuxer::open_container(const char* url, const AVInputFormat* format,
                                     AVIOContext* io) {
  context_.reset();
  AVFormatContext* context = avformat_alloc_context();
  if (context == nullptr) return fail(Code::kInternal, "out of memory");
  context->interrupt_callback = {&interrupted, this};
  context->pb = io;
  const int error = avformat_open_input(&context, url, format, nullptr);  // frees on failure
  if (error < 0) return fail(this->error(error, "open"));
  context_.reset(context);
  return {};
}

// What has been read to find out what it is stays in the buffer below, from where it is read again.
Result<void> Demuxer::divide() {
  AVIOContext* below = context_->pb;
  const AVInputFormat* format = context_->iformat;
  if (!stdin_) url_io_.reset(below);
  context_->flags |= AVFMT_FLAG_CUSTOM_IO;  // it is not closed with the context
  sections_.emplace(below);
  const std::string url = context_->url == nullptr ? "" : context_->url;
  return open_container(url.c_str(), format, sections_->io());
}

Result<bool> Demuxer::next_section() {
  const AVInputFormat* format = context_->iformat;
  if (!sections_ || stopped() || late_ || !sections_->next()) return false;
  begin_wait();
  WEIR_TRY(open_container("", format, sections_->io()));
  return true;
}

bool Demuxer::seekable() const {
  const AVIOContext* io = context_->pb;
  return io != nullptr && (io->seekable & AVIO_SEEKABLE_NORMAL) != 0;
}

Result<std::size_t> Demuxer::read_bytes(std::span<std::uint8_t> into) {
  if (stopped()) return fail(Code::kStopped, "stopped");
  begin_wait();
  const int size = avio_read_partial(context_->pb, into.data(), static_cast<int>(into.size()));
  if (size == AVERROR_EOF && !late_) return 0;
  if (size < 0) return fail(error(size, "read on in"));
  return static_cast<std::size_t>(size);
}

bool Demuxer::is_mp4() const {
  return std::strstr(context_->iformat->name, "mp4") != nullptr;
}

// libavformat calls the first sample that is not there the end of an MP4, though whole ones of
// another track may come behind it; the next call takes the next sample.
bool Demuxer::samples_left() const {
  if (late_ || stopped() || !seekable() || !is_mp4()) return false;
  std::int64_t named = 0;
  for (unsigned i = 0; i < context_->nb_streams; ++i)
    if (context_->streams[i]->discard != AVDISCARD_ALL)
      named += avformat_index_get_entries_count(context_->streams[i]);
  return samples_ < named;
}

Result<std::optional<media::Packet>> Demuxer::read() {
  media::Packet packet;
  if (stopped()) return fail(Code::kStopped, "stopped");
  begin_wait();
  int error = AVERROR(EAGAIN);
  while (error == AVERROR(EAGAIN)) error = av_read_frame(context_.get(), packet.raw());
  ++samples_;
  std::int64_t passed = 0;
  while (error == AVERROR_EOF && samples_left()) {
    error = av_read_frame(context_.get(), packet.raw());
    ++samples_;
    ++passed;
  }
  if (error >= 0) missing_ += passed;
  if (error >= 0 && (packet.raw()->flags & AV_PKT_FLAG_CORRUPT) != 0 && is_mp4()) ++missing_;
  if (error == AVERROR_EOF && !late_) return std::optional<media::Packet>();
  if (error < 0) return fail(this->error(error, "read on in"));
  packet.raw()->time_base = context_->streams[packet.raw()->stream_index]->time_base;
  return std::optional(std::move(packet));
}

}  // namespace weir::formats
