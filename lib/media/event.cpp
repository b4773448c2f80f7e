#include "media/event.h"

#include <algorithm>
#include <new>

#include <boost/json.hpp>

extern "C" {
#include <libavutil/base64.h>
#include <libavutil/pixdesc.h>
}

namespace weir::media {
namespace json = boost::json;
namespace {

void set_rational(json::object& body, std::string_view key, AVRational value) {
  if (value.num != 0) body[key] = format_rational(value);
}

std::optional<AVRational> rational(const Event& event, std::string_view key) {
  const auto text = event.text(key);
  if (!text) return {};
  auto value = parse_rational(*text);
  return value ? std::optional(*value) : std::nullopt;
}

constexpr const char *kSection = "scte35", *kSplice = "splice";
constexpr std::string_view kDropped = "dropped", kBack = "back";

std::string to_base64(ByteView bytes) {
  const int size = static_cast<int>(bytes.size());
  std::string text(static_cast<std::size_t>(AV_BASE64_SIZE(size)), '\0');
  av_base64_encode(text.data(), static_cast<int>(text.size()), bytes.data(), size);
  text.resize(text.size() - 1);  // the zero behind it
  return text;
}

std::optional<Bytes> from_base64(const std::string& text) {
  Bytes out(AV_BASE64_DECODE_SIZE(text.size()));
  const int size = av_base64_decode(out.data(), text.c_str(), static_cast<int>(out.size()));
  if (size < 0) return {};
  out.resize(static_cast<std::size_t>(size));
  return out;
}

// Names are FFmpeg's own (ffprobe prints the same), so they survive a change of its numbers.
template <typename Value>
void set_name(json::object& body, std::string_view key, Value value, Value unknown,
              const char* (*name)(Value)) {
  const char* text = value == unknown ? nullptr : name(value);
  if (text != nullptr) body[key] = text;
}

template <typename Value>
void get_name(const Event& event, std::string_view key, Value& value,
              int (*from_name)(const char*)) {
  const auto text = event.text(key);
  const int number = text ? from_name(text->c_str()) : -1;
  if (number >= 0) value = static_cast<Value>(number);
}

void write_colour(json::object& body, const AVCodecParameters& par) {
  set_name(body, "color_range", par.color_range, AVCOL_RANGE_UNSPECIFIED, av_color_range_name);
  set_name(body, "color_primaries", par.color_primaries, AVCOL_PRI_UNSPECIFIED,
           av_color_primaries_name);
  set_name(body, "color_transfer", par.color_trc, AVCOL_TRC_UNSPECIFIED, av_color_transfer_name);
  set_name(body, "color_space", par.color_space, AVCOL_SPC_UNSPECIFIED, av_color_space_name);
  set_name(body, "chroma_location", par.chroma_location, AVCHROMA_LOC_UNSPECIFIED,
           av_chroma_location_name);
}

void write_layout(json::object& body, const AVCodecParameters& par) {
  char text[128] = {};
  if (par.ch_layout.order == AV_CHANNEL_ORDER_NATIVE &&
      av_channel_layout_describe(&par.ch_layout, text, sizeof text) > 0)
    body["channel_layout"] = text;
}

void read_layout(const Event& event, AVCodecParameters& par) {
  const auto text = event.text("channel_layout");
  AVChannelLayout layout{};
  if (!text || av_channel_layout_from_string(&layout, text->c_str()) < 0) return;
  if (layout.nb_channels == par.ch_layout.nb_channels)
    av_channel_layout_copy(&par.ch_layout, &layout);
  av_channel_layout_uninit(&layout);
}

void read_colour(const Event& event, AVCodecParameters& par) {
  get_name(event, "color_range", par.color_range, av_color_range_from_name);
  get_name(event, "color_primaries", par.color_primaries, av_color_primaries_from_name);
  get_name(event, "color_transfer", par.color_trc, av_color_transfer_from_name);
  get_name(event, "color_space", par.color_space, av_color_space_from_name);
  get_name(event, "chroma_location", par.chroma_location, av_chroma_location_from_name);
}

void write_hdr(json::object& body, const Hdr& hdr) {
  if (hdr.mastering) body["mastering_display"] = to_base64(to_record(*hdr.mastering));
  if (hdr.light) body["content_light"] = to_base64(to_record(*hdr.light));
}

void read_hdr(const Event& event, Hdr& hdr) {
  const auto record = [&](const char* key) {
    const auto text = event.text(key);
    return text ? from_base64(*text).value_or(Bytes()) : Bytes();
  };
  hdr.mastering = parse_mastering_display(record("mastering_display"));
  hdr.light = parse_content_light(record("content_light"));
}

constexpr std::int64_t kLargest = 1 << 20;  // of sizes, rates and counts that an event may tell

Parameters parameters_of_change(const Event& event, const AVCodecDescriptor& codec) {
  CodecParametersPtr par(avcodec_parameters_alloc());
  if (!par) throw std::bad_alloc();
  const auto number = [&](const char* key) {
    return static_cast<int>(std::clamp<std::int64_t>(event.number(key).value_or(0), 0, kLargest));
  };
  par->codec_type = codec.type;
  par->codec_id = codec.id;
  par->width = number("width");
  par->height = number("height");
  par->sample_rate = number("sample_rate");
  av_channel_layout_default(&par->ch_layout, std::min(number("channels"), 64));
  if (const auto text = event.text("extradata"))
    if (const auto bytes = from_base64(*text)) set_extradata(*par, *bytes);
  return copy_parameters(*par);
}

}  // namespace

std::string_view Event::kind() const {
  const auto* value = body.if_contains("event");
  return value != nullptr && value->is_string() ? std::string_view(value->get_string())
                                                : std::string_view();
}

std::optional<std::string> Event::text(std::string_view key) const {
  const auto* value = body.if_contains(key);
  if (value == nullptr || !value->is_string()) return {};
  return std::string(value->get_string());
}

std::optional<std::int64_t> Event::number(std::string_view key) const {
  const auto* value = body.if_contains(key);
  if (value == nullptr || !value->is_int64()) return {};
  return value->get_int64();
}

std::optional<Time> Event::time(std::string_view key) const {
  const auto* value = body.if_contains(key);
  if (value == nullptr || !value->is_object()) return {};
  const Event inner{{}, value->get_object()};
  const auto ticks = inner.number("pts");
  const auto base = rational(inner, "base");
  if (!ticks || !base || base->num <= 0) return {};
  return Time{*ticks, *base};
}

void Event::set_time(std::string_view key, Time value) {
  body[key] = {{"pts", value.ticks}, {"base", format_rational(value.base)}};
}

Event make_event(std::string_view kind, Time at) {
  Event event{at, {}};
  event.body["event"] = kind;
  event.body["pts"] = at.ticks;
  event.body["base"] = format_rational(at.base);
  return event;
}

std::string to_json(const Event& event) {
  return json::serialize(event.body);
}

Result<Event> parse_event(std::string_view text) {
  json::error_code error;
  json::parse_options options;
  options.max_depth = 16;
  json::value value = json::parse({text.data(), text.size()}, error, {}, options);
  if (error || !value.is_object()) return fail(Code::kBadInput, "an event is not a JSON object");
  Event event{{}, std::move(value.get_object())};
  const auto ticks = event.number("pts");
  const auto base = rational(event, "base");
  if (event.kind().empty() || !ticks || !base || base->num <= 0)
    return fail(Code::kBadInput, "an event lacks its kind or its time");
  event.at = {*ticks, *base};
  return event;
}

Event track_event(const Track& track, Time at) {
  Event event = make_event(event::kTrack, at);
  auto& body = event.body;
  const auto& par = *track.par;
  body["track"] = track.index;
  body["time_base"] = format_rational(track.time_base);
  set_rational(body, "frame_rate", track.frame_rate);
  if (!track.language.empty()) body["language"] = track.language;
  if (!track.rendition.empty()) body["rendition"] = track.rendition;
  if (track.rotation != 0) body["rotation"] = track.rotation;
  if (track.mirrored) body["mirrored"] = true;
  if (track.bitrate != 0) body["bitrate"] = track.bitrate;
  if (track.max_bitrate != 0) body["max_bitrate"] = track.max_bitrate;
  if (track.shift.ticks != 0) event.set_time("shift", track.shift);
  if (par.initial_padding != 0) body["priming"] = par.initial_padding;
  if (par.frame_size != 0) body["frame_size"] = par.frame_size;
  if (track.audio()) write_layout(body, par);
  if (par.profile >= 0) body["profile"] = par.profile;
  if (par.level >= 0) body["level"] = par.level;
  if (track.video()) {
    if (const char* name = av_get_pix_fmt_name(static_cast<AVPixelFormat>(par.format)))
      body["pix_fmt"] = name;
    set_rational(body, "sample_aspect_ratio", par.sample_aspect_ratio);
    body["video_delay"] = par.video_delay;
    body["field_order"] = static_cast<int>(par.field_order);
    write_colour(body, par);
    if (track.dolby_vision) body["dolby_vision"] = to_base64(to_record(*track.dolby_vision));
    write_hdr(body, track.hdr);
  }
  return event;
}

void apply_track_event(const Event& event, Tracks& tracks) {
  const auto index = event.number("track");
  for (auto& track : tracks) {
    if (!index || track.index != *index) continue;
    auto copy = copy_parameters(*track.par);
    auto& par = const_cast<AVCodecParameters&>(*copy);  // ours alone until it is stored below
    const auto number = [&](const char* key, auto& to) {
      if (const auto n = event.number(key)) to = static_cast<std::decay_t<decltype(to)>>(*n);
    };
    if (const auto base = rational(event, "time_base")) track.time_base = *base;
    if (const auto rate = rational(event, "frame_rate")) track.frame_rate = *rate;
    if (const auto ratio = rational(event, "sample_aspect_ratio")) par.sample_aspect_ratio = *ratio;
    track.language = event.text("language").value_or(track.language);
    track.rendition = event.text("rendition").value_or(track.rendition);
    track.shift = event.time("shift").value_or(track.shift);
    number("rotation", track.rotation);
    track.mirrored = event.body.contains("mirrored");
    number("bitrate", track.bitrate);
    par.bit_rate = track.bitrate;
    number("max_bitrate", track.max_bitrate);
    number("priming", par.initial_padding);
    number("frame_size", par.frame_size);
    number("profile", par.profile);
    number("level", par.level);
    number("video_delay", par.video_delay);
    number("field_order", par.field_order);
    if (const auto name = event.text("pix_fmt")) par.format = av_get_pix_fmt(name->c_str());
    read_colour(event, par);
    if (const auto record = event.text("dolby_vision"))
      if (const auto bytes = from_base64(*record)) track.dolby_vision = parse_dolby_vision(*bytes);
    read_hdr(event, track.hdr);
    read_layout(event, par);
    track.par = std::move(copy);
  }
}

Event change_event(const Track& track, Time at) {
  Event event = track_event(track, at);
  const auto& par = *track.par;
  event.body["codec"] = track.codec_name();
  if (par.extradata_size > 0)
    event.body["extradata"] =
        to_base64({par.extradata, static_cast<std::size_t>(par.extradata_size)});
  if (track.video()) {
    event.body["width"] = par.width;
    event.body["height"] = par.height;
  } else {
    event.body["sample_rate"] = par.sample_rate;
    event.body["channels"] = par.ch_layout.nb_channels;
  }
  return event;
}

std::optional<Track> changed_track(const Event& event, const Tracks& tracks) {
  if (event.kind() != event::kTrack) return {};
  const auto index = event.number("track");
  const auto* before = index ? find_track(tracks, static_cast<int>(*index)) : nullptr;
  const auto name = event.text("codec");
  const auto* codec = name ? avcodec_descriptor_get_by_name(name->c_str()) : nullptr;
  if (before == nullptr || codec == nullptr || codec->type != before->par->codec_type) return {};
  Tracks one{*before};
  one.front().par = parameters_of_change(event, *codec);
  one.front().dolby_vision.reset();
  apply_track_event(event, one);
  return std::move(one.front());
}

const Track* apply_change(const Event& event, Tracks& tracks) {
  auto changed = changed_track(event, tracks);
  if (!changed) return nullptr;
  auto& track = *std::ranges::find(tracks, changed->index, &Track::index);
  track = std::move(*changed);
  return &track;
}

Result<void> refuse_change(const Event& event, const Tracks& tracks) {
  const auto now = changed_track(event, tracks);
  if (!now) return {};
  return fail(Code::kBadInput, "the {} from {} to {} at {:.3f} s; begin anew there",
              now->video() ? "pictures change" : "sound changes",
              find_track(tracks, now->index)->codec_name(), now->codec_name(), event.at.seconds());
}

Event segment_event(std::int64_t number, Time at, Time length) {
  Event event = make_event(event::kSegment, at);
  event.body["number"] = number;
  event.set_time("length", length);
  return event;
}

Event anchor_event(Time at, std::int64_t utc_us) {
  Event event = make_event(event::kAnchor, at);
  event.body["utc_us"] = utc_us;
  return event;
}

Event cue_event(Time at, ByteView section, std::optional<Time> splice) {
  Event event = make_event(event::kCue, at);
  event.body[kSection] = to_base64(section);
  if (splice) event.set_time(kSplice, *splice);
  return event;
}

std::optional<Bytes> cue_section(const Event& event) {
  const auto text = event.text(kSection);
  if (event.kind() != event::kCue || !text) return {};
  return from_base64(*text);
}

Time cue_time(const Event& event) {
  return event.time(kSplice).value_or(event.at);
}

void shift_event(Event& event, Time by) {
  const auto moved = [&](Time time) { return Time{time.ticks + by.in(time.base), time.base}; };
  event.at = moved(event.at);
  event.body["pts"] = event.at.ticks;
  if (const auto splice = event.time(kSplice)) event.set_time(kSplice, moved(*splice));
}

Event rendition_event(const Track& track, bool dropped, Time at) {
  Event event = make_event(event::kRendition, at);
  if (!track.rendition.empty()) event.body["rendition"] = track.rendition;
  event.body["track"] = track.index;
  event.body["state"] = dropped ? kDropped : kBack;
  return event;
}

std::optional<RenditionChange> rendition_change(const Event& event) {
  const auto track = event.number("track");
  const auto state = event.text("state");
  if (event.kind() != event::kRendition || !track || !state) return {};
  if (*state != kDropped && *state != kBack) return {};
  return RenditionChange{static_cast<int>(*track), *state == kDropped};
}

Item share(const Item& item) {
  if (const auto* packet = std::get_if<Packet>(&item)) return packet->share();
  return std::get<Event>(item);
}

std::int64_t cost(const Item& item) {
  if (const auto* packet = std::get_if<Packet>(&item)) return packet->raw()->size + 256;
  return 512;
}

void shift_item(Item& item, Time by) {
  if (auto* packet = std::get_if<Packet>(&item)) return packet->shift(by);
  shift_event(std::get<Event>(item), by);
}

Time position(const Item& item) {
  if (const auto* packet = std::get_if<Packet>(&item)) return packet->dts();
  return std::get<Event>(item).at;
}

}  // namespace weir::media
