#include "publish/hls_keys.h"

#include <algorithm>
#include <array>
#include <fstream>

#include "base/command.h"
#include "hls/uri.h"
#include "publish/hls_names.h"

namespace weir::publish {
namespace {

constexpr const char* kFairplayFormat = "com.apple.streamingkeydelivery";

std::string replace_all(std::string text, std::string_view what, const std::string& by) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
    text.replace(at, what.size(), by);
  return text;
}

std::string fill_in(const std::string& text, std::int64_t number) {
  return replace_all(replace_all(text, "{name}", key_file(number)), "{number}",
                     fmt::format("{}", number));
}

// From a folder below.
std::string one_up(const std::string& uri) {
  const bool relative = hls::uri_scheme(uri).empty() && !uri.starts_with('/');
  return relative ? "../" + uri : uri;
}

// What is wrong with a key is no damage of the stream.
Result<hls::KeyMaterial> read_key(ByteView bytes, const std::string& where) {
  auto key = hls::parse_key(bytes);
  if (!key) return fail(Code::kIo, "{}: {}", where, key.error().what);
  return key;
}

// A little more than any key is enough to see that it is none.
Result<hls::KeyMaterial> read_key_file(const std::string& path) {
  std::array<char, 256> bytes{};
  std::ifstream file(path, std::ios::binary);
  file.read(bytes.data(), bytes.size());
  if (!file.eof() && !file) return fail(Code::kIo, "cannot read the key '{}'", path);
  const std::string_view text(bytes.data(), static_cast<std::size_t>(file.gcount()));
  return read_key(as_bytes(text), fmt::format("key '{}'", path));
}

Micros since(media::Time from, media::Time to) {
  return Micros(to.micros() - from.micros());
}

}  // namespace

Bytes KeyPeriod::encrypt(ByteView clear, std::int64_t number) const {
  const auto iv = tag->iv.value_or(hls::sequence_iv(static_cast<std::uint64_t>(number)));
  return hls::encrypt_padded(content.key, iv, clear);
}

Result<std::unique_ptr<HlsKeys>> HlsKeys::open(const HlsOptions& options,
                                               const HlsServices& services) {
  std::unique_ptr<HlsKeys> keys(new HlsKeys(options, services));
  const std::string& path = options.encryption.key_file;
  if (options.encryption.on() && !path.empty()) {
    WEIR_TRY_ASSIGN(keys->from_file_, read_key_file(path));
  }
  return keys;
}

Result<KeyPeriodPtr> HlsKeys::of(std::int64_t number, media::Time start, Micros target) {
  if (!options_.encryption.on()) return KeyPeriodPtr();
  if (number < decided_) return find(number);
  if (!origin_) origin_ = start;
  decided_ = number + 1;
  const Micros slack = target / 10;  // segments of sound begin a little off those of the picture
  if (periods_.empty() && clear(start, slack)) return KeyPeriodPtr();
  if (!due(number, start, slack)) return periods_.back().key;
  const auto material = next_key(number, target);
  if (material) {
    told_failure_ = false;
    WEIR_TRY(begin_period(number, start, *material));
  } else if (!can_go_on()) {
    return fail(material.error());
  } else if (!std::exchange(told_failure_, true)) {
    services_.log.warning("no new key, the one in force stays: {}", material.error().what);
  }
  return periods_.back().key;
}

std::size_t HlsKeys::periods_before(std::int64_t number) const {
  const auto end =
      std::upper_bound(periods_.begin(), periods_.end(), number,
                       [](std::int64_t n, const Period& period) { return n < period.key->first; });
  return static_cast<std::size_t>(end - periods_.begin());
}

// A key that was forgotten must never be taken for none.
Result<KeyPeriodPtr> HlsKeys::find(std::int64_t number) const {
  const std::size_t count = periods_before(number);
  if (count > 0) return periods_[count - 1].key;
  if (static_cast<std::int64_t>(periods_.size()) == count_) return KeyPeriodPtr();
  return fail(Code::kInternal, "the key of segment {} is gone already", number);
}

bool HlsKeys::clear(media::Time start, Micros slack) const {
  const Micros lead = options_.encryption.clear_lead;
  return lead.count() > 0 && (start == *origin_ || since(*origin_, start) + slack < lead);
}

bool HlsKeys::due(std::int64_t number, media::Time start, Micros slack) const {
  if (!any_of_ours()) return true;
  const KeyRotation& rotation = options_.encryption.rotation;
  const KeyPeriod& now = *periods_.back().key;
  if (rotation.segments > 0) return number - now.first >= rotation.segments;
  return rotation.any() && since(now.start, start) + slack >= rotation.duration;
}

Result<void> HlsKeys::begin_period(std::int64_t number, media::Time start,
                                   const hls::KeyMaterial& material) {
  const HlsEncryption& chosen = options_.encryption;
  WEIR_TRY(forget_unused(number));
  auto period = std::make_shared<KeyPeriod>();
  period->first = number;
  period->start = start;
  period->content = hls::content_key(material, static_cast<std::uint64_t>(number));
  const std::string name = key_file(number);
  const std::string uri = chosen.key_uri.empty() ? name : fill_in(chosen.key_uri, number);
  period->session_tag = tag_of(period->content, material, uri);
  period->tag = std::make_shared<hls::KeyTag>(tag_of(period->content, material, one_up(uri)));
  if (chosen.generated() || chosen.key_uri.empty()) {
    period->file = name;
    WEIR_TRY(services_.store.put_private(name, period->content.key));
  }
  periods_.push_back({std::move(period)});
  ++count_;
  return {};
}

// An earlier run was killed before it listed a segment with it.
Result<void> HlsKeys::forget_unused(std::int64_t number) {
  while (!periods_.empty() && periods_.back().key->first >= number) {
    const std::string file = periods_.back().key->file;
    periods_.pop_back();
    --count_;
    if (!file.empty()) WEIR_TRY(services_.store.remove(file));
  }
  return {};
}

// With the key in force, until there is another.
bool HlsKeys::can_go_on() const {
  return any_of_ours() && options_.type != hls::MediaPlaylist::Type::kVod;
}

Result<hls::KeyMaterial> HlsKeys::next_key(std::int64_t number, Micros target) {
  WEIR_TRY_ASSIGN(hls::KeyMaterial material, ask_for_key(number, target));
  if (options_.encryption.fairplay() && !material.iv)
    return fail(Code::kIo, "the key for '{}' lacks its IV: put it behind the key",
                options_.encryption.key_uri);
  return material;
}

Result<hls::KeyMaterial> HlsKeys::ask_for_key(std::int64_t number, Micros target) {
  if (from_file_) return *from_file_;
  if (options_.encryption.generated()) {
    hls::KeyMaterial made;
    services_.random.fill(made.key);
    return made;
  }
  std::vector<std::string> arguments = options_.encryption.key_command;
  for (auto& argument : arguments) argument = fill_in(argument, number);
  CommandLimits limits;
  const auto half = std::chrono::duration_cast<std::chrono::milliseconds>(target / 2);
  if (can_go_on()) limits.timeout = std::min(limits.timeout, half);
  auto printed = run_command(arguments, limits);
  if (!printed) return fail(std::move(printed).error().within("key command"));
  return read_key(*printed, fmt::format("key command: '{}'", arguments.front()));
}

hls::KeyTag HlsKeys::tag_of(const hls::ContentKey& content, const hls::KeyMaterial& material,
                            const std::string& uri) const {
  hls::KeyTag tag;
  tag.uri = uri;
  const bool whole = options_.encryption.method == HlsEncryption::Method::kAes128;
  tag.method = whole ? hls::KeyTag::Method::kAes128 : hls::KeyTag::Method::kSampleAes;
  if (options_.encryption.fairplay())
    tag.format = kFairplayFormat;
  else if (!whole || material.iv)
    tag.iv = content.iv;
  return tag;
}

std::optional<hls::KeyTag> HlsKeys::session_tag() const {
  if (!any_of_ours()) return {};
  const bool vod = options_.type == hls::MediaPlaylist::Type::kVod;
  return (vod ? periods_.front() : periods_.back()).key->session_tag;
}

void HlsKeys::take_up(const std::vector<std::int64_t>& firsts, std::chrono::nanoseconds until) {
  for (const auto first : firsts) {
    auto period = std::make_shared<KeyPeriod>();
    period->first = first;
    period->file = key_file(first);
    periods_.push_back({std::move(period), until});
    ++count_;
  }
}

std::vector<std::int64_t> HlsKeys::with_files() const {
  std::vector<std::int64_t> out;
  for (const auto& period : periods_)
    if (!period.key->file.empty()) out.push_back(period.key->first);
  return out;
}

void HlsKeys::left(std::int64_t number, std::chrono::nanoseconds files_go_at) {
  left_ = std::max(left_, number);
  const std::size_t count = periods_before(number);
  if (count == 0) return;
  auto& until = periods_[count - 1].until;
  until = std::max(until, files_go_at);
}

Result<void> HlsKeys::remove_retired() {
  const auto now = services_.clock.monotonic();
  while (periods_.size() > 1 && periods_[1].key->first <= left_ + 1 &&
         periods_.front().until <= now) {
    const std::string file = periods_.front().key->file;
    periods_.pop_front();
    if (!file.empty()) WEIR_TRY(services_.store.remove(file));
  }
  return {};
}

void HlsKeys::remove_all() {
  for (const auto& period : periods_)
    if (!period.key->file.empty()) (void)services_.store.remove(period.key->file);
}

}  // namespace weir::publish
