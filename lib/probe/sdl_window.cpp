#include "probe/play.h"

#ifdef WEIR_SDL

#include <SDL.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "base/units.h"

namespace weir::probe {
namespace {

constexpr Size kEmpty{480, 270};  // of a window without pictures
constexpr int kBlock = 1024;      // samples the sound device asks for at a time

struct Destroy {
  void operator()(SDL_Window* window) const noexcept { SDL_DestroyWindow(window); }
  void operator()(SDL_Renderer* renderer) const noexcept { SDL_DestroyRenderer(renderer); }
  void operator()(SDL_Texture* texture) const noexcept { SDL_DestroyTexture(texture); }
};
template <typename T>
using SdlPtr = std::unique_ptr<T, Destroy>;

/// SDL while there is a window or a sound device.
struct Library {
  Library() {
    SDL_SetHint(SDL_HINT_NO_SIGNAL_HANDLERS, "1");
    SDL_SetHint(SDL_HINT_RENDER_SCALE_QUALITY, "linear");
    SDL_SetHint(SDL_HINT_VIDEO_ALLOW_SCREENSAVER, "0");
  }
  ~Library() { SDL_Quit(); }
};

// The picture as it is shown, with square pixels.
Size shown_size(const AVFrame& picture) {
  const AVRational sar = picture.sample_aspect_ratio;
  Size size{picture.width, picture.height};
  if (sar.num > 0 && sar.den > 0)
    size.width = std::max(1, static_cast<int>(av_rescale(size.width, sar.num, sar.den)));
  return size;
}

SDL_YUV_CONVERSION_MODE conversion(const AVFrame& picture) {
  if (picture.color_range == AVCOL_RANGE_JPEG) return SDL_YUV_CONVERSION_JPEG;
  const bool said = picture.colorspace != AVCOL_SPC_UNSPECIFIED;
  const bool sd =
      picture.colorspace == AVCOL_SPC_BT470BG || picture.colorspace == AVCOL_SPC_SMPTE170M;
  if (!said) return SDL_YUV_CONVERSION_AUTOMATIC;
  return sd ? SDL_YUV_CONVERSION_BT601 : SDL_YUV_CONVERSION_BT709;
}

std::optional<PlayKey> key_of(const SDL_Event& event) {
  if (event.type == SDL_QUIT) return PlayKey::kQuit;
  if (event.type != SDL_KEYDOWN) return {};
  switch (event.key.keysym.sym) {
    case SDLK_SPACE:
      return event.key.repeat == 0 ? std::optional(PlayKey::kPause) : std::nullopt;
    case SDLK_LEFT:
      return PlayKey::kBack;
    case SDLK_RIGHT:
      return PlayKey::kForward;
    case SDLK_ESCAPE:
    case SDLK_q:
      return PlayKey::kQuit;
    default:
      return {};
  }
}

/// As large as the first picture, but no larger than the display.
class Window : public Screen {
 public:
  explicit Window(std::string title) : title_(std::move(title)) {}

  Result<void> open(const AVFrame* first) override {
    const Size size = first != nullptr ? shown_size(*first) : kEmpty;
    SDL_Rect bounds{0, 0, size.width, size.height};
    SDL_GetDisplayUsableBounds(0, &bounds);
    const double scale =
        std::min({1.0, double(bounds.w) / size.width, double(bounds.h) / size.height});
    window_.reset(SDL_CreateWindow(title_.c_str(), SDL_WINDOWPOS_CENTERED, SDL_WINDOWPOS_CENTERED,
                                   static_cast<int>(size.width * scale),
                                   static_cast<int>(size.height * scale), SDL_WINDOW_RESIZABLE));
    if (!window_) return fail(Code::kIo, "cannot open a window: {}", SDL_GetError());
    renderer_.reset(SDL_CreateRenderer(window_.get(), -1, 0));
    if (!renderer_) return fail(Code::kIo, "cannot draw in a window: {}", SDL_GetError());
    return {};
  }

  Result<void> show(const AVFrame& picture) override {
    const Size size = shown_size(picture);
    if (!texture_ || width_ != picture.width || height_ != picture.height) {
      width_ = picture.width;
      height_ = picture.height;
      SDL_SetYUVConversionMode(conversion(picture));
      texture_.reset(SDL_CreateTexture(renderer_.get(), SDL_PIXELFORMAT_IYUV,
                                       SDL_TEXTUREACCESS_STREAMING, width_, height_));
    }
    if (!texture_) return fail(Code::kIo, "cannot draw in a window: {}", SDL_GetError());
    SDL_RenderSetLogicalSize(renderer_.get(), size.width, size.height);
    SDL_UpdateYUVTexture(texture_.get(), nullptr, picture.data[0], picture.linesize[0],
                         picture.data[1], picture.linesize[1], picture.data[2],
                         picture.linesize[2]);
    draw();
    return {};
  }

  std::optional<PlayKey> wait_key(std::chrono::nanoseconds patience) override {
    const auto wait = std::chrono::ceil<std::chrono::milliseconds>(patience).count();
    SDL_Event event;
    if (SDL_WaitEventTimeout(&event, static_cast<int>(wait)) == 0) return {};
    if (event.type == SDL_WINDOWEVENT && event.window.event == SDL_WINDOWEVENT_EXPOSED) draw();
    return key_of(event);
  }

 private:
  void draw() {
    if (!texture_) return;
    SDL_RenderClear(renderer_.get());
    SDL_RenderCopy(renderer_.get(), texture_.get(), nullptr, nullptr);
    SDL_RenderPresent(renderer_.get());
  }

  const std::string title_;
  SdlPtr<SDL_Window> window_;
  SdlPtr<SDL_Renderer> renderer_;
  SdlPtr<SDL_Texture> texture_;
  int width_ = 0, height_ = 0;
};

/// SDL takes what is queued from a thread of its own.
class Device : public Speaker {
 public:
  explicit Device(SDL_AudioDeviceID id) : id_(id) { SDL_PauseAudioDevice(id_, 0); }
  ~Device() override { SDL_CloseAudioDevice(id_); }

  void queue(ByteView samples) override {
    SDL_QueueAudio(id_, samples.data(), static_cast<Uint32>(samples.size()));
  }
  // The block the device holds is not heard yet either.
  std::int64_t waiting_us() const override {
    const std::int64_t queued = SDL_GetQueuedAudioSize(id_) / kPlayedFrameBytes;
    return queued == 0 ? 0 : av_rescale(queued + kBlock, 1'000'000, kPlayedRate);
  }
  void clear() override { SDL_ClearQueuedAudio(id_); }
  void pause(bool paused) override { SDL_PauseAudioDevice(id_, paused ? 1 : 0); }

 private:
  const SDL_AudioDeviceID id_;
};

// Without a display SDL draws where nobody can see it.
Result<void> find_display() {
  const bool opened = SDL_InitSubSystem(SDL_INIT_VIDEO) == 0;
  const std::string driver = opened ? SDL_GetCurrentVideoDriver() : "";
  const bool unseen = driver == "offscreen" || driver == "dummy" || driver == "evdev";
  if (opened && (!unseen || std::getenv("SDL_VIDEODRIVER") != nullptr)) return {};
  return fail(Code::kIo, "cannot open a window: {}; set DISPLAY or WAYLAND_DISPLAY",
              opened ? "there is no display" : SDL_GetError());
}

std::unique_ptr<Speaker> open_device(Log& log) {
  SDL_AudioSpec wanted{};
  wanted.freq = kPlayedRate;
  wanted.format = AUDIO_S16SYS;
  wanted.channels = 2;
  wanted.samples = kBlock;
  if (SDL_InitSubSystem(SDL_INIT_AUDIO) == 0)
    if (const auto id = SDL_OpenAudioDevice(nullptr, 0, &wanted, nullptr, 0); id != 0)
      return std::make_unique<Device>(id);
  log.warning("no sound: {}", SDL_GetError());
  return nullptr;
}

}  // namespace

Result<PlayReport> play_in_window(const std::string& input, const StopSource& stop, Log& log) {
  const Library library;
  WEIR_TRY(find_display());
  Window window(std::filesystem::path(input).filename().string() + " - probe");
  const auto device = open_device(log);
  std::optional<std::int64_t> origin_us;
  const PlayParts parts{[&](std::int64_t from_us) {
                          return open_play_source(input, from_us, device != nullptr, stop, log,
                                                  origin_us);
                        },
                        window,
                        device.get(),
                        Clock::system(),
                        stop,
                        log};
  auto report = play(parts);
  if (report) report->input = input == "-" ? "standard input" : input;
  return report;
}

}  // namespace weir::probe

#else

namespace weir::probe {

Result<PlayReport> play_in_window(const std::string& input, const StopSource&, Log&) {
  return fail(Code::kUnsupported,
              "cannot play '{}': this probe was built without SDL2; install libsdl2-dev, then "
              "configure and build again",
              input);
}

}  // namespace weir::probe

#endif
