#include <filesystem>
#include <vector>

#include "formats/output.h"

namespace weir::formats {
namespace {

constexpr std::string_view kPlace = "{rendition}";

// Each packet to every file that has its track; the files ignore the others.
class RenditionFiles : public Output {
 public:
  explicit RenditionFiles(std::vector<std::unique_ptr<Output>> files) : files_(std::move(files)) {}

  Result<flow::Flow> push(media::Item item) override {
    const auto* packet = std::get_if<media::Packet>(&item);
    if (packet == nullptr) return flow::Flow::kMore;
    for (auto& file : files_) {
      auto flow = file->push(packet->share());
      failed_ = failed_ || !flow;
      if (!flow) return flow;
    }
    return flow::Flow::kMore;
  }

  Result<void> finish() override {
    Result<void> outcome;
    if (failed_) files_.clear();  // without finish() none gets its name
    for (auto& file : files_) {
      auto finished = file->finish();
      if (outcome && !finished) outcome = fail(std::move(finished).error());
    }
    return outcome;
  }

 private:
  std::vector<std::unique_ptr<Output>> files_;
  bool failed_ = false;
};

std::string path_for(std::string path, const media::Track& track) {
  const std::string name =
      track.rendition.empty() ? fmt::format("{}", track.index) : track.rendition;
  return path.replace(path.find(kPlace), kPlace.size(), name);
}

}  // namespace

Result<std::unique_ptr<Output>> open_rendition_output(const std::string& path,
                                                      const media::Tracks& tracks) {
  if (path.find(kPlace) == std::string::npos) {
    if (path.ends_with(".mp4"))
      return fail(Code::kUsage, "'{}' would hold all renditions: write it like 'DIR/{}.mp4'", path,
                  kPlace);
    return open_pipe_output(path, tracks);
  }
  const bool any_video = media::main_video(tracks) != nullptr;
  std::vector<std::unique_ptr<Output>> files;
  for (const auto& track : tracks) {
    if (any_video != track.video()) continue;
    media::Tracks in_file{track};
    for (const auto& other : tracks)
      if (track.video() && other.audio()) in_file.push_back(other);
    const std::string name = path_for(path, track);
    std::error_code ignored;  // opening the file names the reason
    std::filesystem::create_directories(std::filesystem::path(name).parent_path(), ignored);
    WEIR_TRY_ASSIGN(auto file, open_mp4_output(name, in_file));
    files.push_back(std::move(file));
  }
  return std::unique_ptr<Output>(std::make_unique<RenditionFiles>(std::move(files)));
}

}  // namespace weir::formats
