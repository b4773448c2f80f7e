#include "cli/thumbnails.h"

#include "cli/run.h"

namespace weir::cli {
namespace {

constexpr Micros kShortest{500'000};
constexpr int kWidest = 65'500;  // what JPEG can count
constexpr int kMostTiles = 400;

// A tile is seen when it is full: while a stream runs nobody waits for twenty thumbnails.
Result<Size> layout_of(const Thumbnails& chosen, bool live) {
  if (chosen.tiles.empty()) return live ? Size{1, 1} : Size{5, 4};
  const auto size = parse_size(chosen.tiles);
  if (!size || size->width < 1 || size->height < 1 || size->width * size->height > kMostTiles)
    return fail(Code::kUsage, "--thumbnail-tiles: '{}' is not COLUMNSxROWS, at most {} in all",
                chosen.tiles, kMostTiles);
  return *size;
}

}  // namespace

void bind_thumbnails(CLI::App& app, Thumbnails& chosen) {
  const std::string group = "Thumbnails";
  add_duration(app, "--thumbnails", chosen.interval,
               "A small picture for every such stretch, in an image playlist; without it none")
      ->default_str("")
      ->group(group);
  app.add_option("--thumbnail-tiles", chosen.tiles,
                 "Columns and rows of them in one JPEG file; without it 5x4, live 1x1")
      ->type_name("COLUMNSxROWS")
      ->group(group);
  app.add_option("--thumbnail-size", chosen.size, "Their longer side in pixels")
      ->check(CLI::Range(32, 1920))
      ->capture_default_str()
      ->group(group);
}

Result<void> ThumbnailStage::plan(const Thumbnails& chosen, const media::Tracks& tracks,
                                  publish::HlsOptions& hls) {
  if (chosen.interval.count() == 0 && !chosen.tiles.empty())
    return fail(Code::kUsage, "--thumbnail-tiles is of no use without --thumbnails");
  if (chosen.interval.count() == 0) return {};
  if (chosen.interval < kShortest)
    return fail(Code::kUsage, "--thumbnails: {} is too short: at least {}",
                format_duration(chosen.interval), format_duration(kShortest));
  WEIR_TRY_ASSIGN(const Size layout,
                  layout_of(chosen, hls.type == hls::MediaPlaylist::Type::kLive));
  settings_ = codec::ThumbnailSettings{chosen.interval, chosen.size, layout.width, layout.height};
  WEIR_TRY_ASSIGN(const auto track, codec::Thumbnails::track_of(tracks, *settings_));
  const Size size{track.par->width, track.par->height};
  if (size.width * layout.width > kWidest || size.height * layout.height > kWidest)
    return fail(Code::kUsage, "--thumbnail-tiles: {}x{} of {}x{} pixels are more than JPEG can do",
                layout.width, layout.height, size.width, size.height);
  hls.thumbnails =
      publish::HlsThumbnails{track.index, size, layout.width, layout.height, chosen.interval};
  return {};
}

Result<flow::Sink<media::Item>*> ThumbnailStage::before(const media::Tracks& tracks,
                                                        flow::Sink<media::Item>& next) {
  if (!settings_) return &next;
  WEIR_TRY_ASSIGN(stage_, codec::Thumbnails::open(tracks, *settings_, next));
  return stage_.get();
}

}  // namespace weir::cli
