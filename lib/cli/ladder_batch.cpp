#include "cli/ladder_batch.h"

#include "base/store.h"
#include "formats/spool.h"
#include "ladder/adapt.h"
#include "ladder/crop_detect.h"

namespace weir::cli {
namespace {

/// To look ahead; what is odd in the input is said when it is read for good.
Result<std::unique_ptr<formats::Input>> open_quietly(const std::filesystem::path& file,
                                                     Session& session) {
  return formats::Input::open(file.string(), {&session.stop(), nullptr, {}, {}});
}

/// Reads the input once more, up to its last sample.
Result<void> adapt(LadderChoice& opt, const std::filesystem::path& file, Session& session) {
  WEIR_TRY_ASSIGN(auto input, open_quietly(file, session));
  WEIR_TRY_ASSIGN(auto adapted, ladder::adapt_ladder(opt.transcode, input->tracks(), *input));
  for (const auto& reason : adapted.reasons) session.log().info("{}", reason);
  opt.transcode.ladder.renditions = std::move(adapted.rungs);
  return {};
}

Result<void> find_crop(LadderChoice& opt, const std::filesystem::path& file, Session& session) {
  WEIR_TRY_ASSIGN(auto input, open_quietly(file, session));
  const auto* video = media::main_video(input->tracks());
  if (video == nullptr) return {};
  WEIR_TRY_ASSIGN(const auto crop, ladder::find_crop(*input, *video));
  opt.transcode.picture.crop = crop;
  if (crop)
    session.log().info("cropped to {}:{}:{}:{}", crop->width, crop->height, crop->x, crop->y);
  else
    session.log().info("no black frame found: nothing is cropped");
  return {};
}

}  // namespace

Result<std::unique_ptr<formats::Input>> open_input(const std::string& url, Session& session) {
  return formats::Input::open(url, {&session.stop(), &session.log(), {}, {}});
}

Result<std::unique_ptr<formats::Input>> prepare(LadderChoice& opt,
                                                std::unique_ptr<formats::Input> input,
                                                Session& session, Batch& batch) {
  std::filesystem::path file = opt.input;
  if (opt.input == "-" || !input->seekable()) {
    if (opt.work.empty()) {
      WEIR_TRY_ASSIGN(auto scratch, Scratch::make(ScratchPlace::kDisk));
      batch.scratch.emplace(std::move(scratch));
    }
    const std::filesystem::path folder =
        batch.scratch ? batch.scratch->folder() : std::filesystem::path(opt.work);
    WEIR_TRY(FolderStore::open(folder.string()));
    file = folder / ladder::Work::kSpool;
    WEIR_TRY_ASSIGN(const auto spooled, formats::spool(*input, file));
    if (!spooled.input) session.log().warning("{}", spooled.input.error().what);
  }
  auto& chunks = opt.transcode.chunks;
  WEIR_TRY_ASSIGN(auto scanned, open_quietly(file, session));
  if (const auto* video = media::main_video(scanned->tracks())) {
    WEIR_TRY_ASSIGN(chunks.profile, ladder::scan(*scanned, video->index));
  }
  if (opt.picture.crop_auto()) WEIR_TRY(find_crop(opt, file, session));
  if (opt.adapt) WEIR_TRY(adapt(opt, file, session));
  if (!opt.work.empty()) {
    WEIR_TRY_ASSIGN(batch.work, ladder::Work::open(opt.work, ladder::describe_job(opt.transcode)));
    chunks.work = batch.work.get();
  }
  return open_input(file.string(), session);
}

}  // namespace weir::cli
