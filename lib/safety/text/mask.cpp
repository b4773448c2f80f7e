#include "safety/text/mask.h"

#include "base/text.h"

namespace weir::safety {
namespace {

constexpr int kMostRounds = 1000;

std::string valid(std::string_view text) {
  if (valid_utf8(text)) return std::string(text);
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = utf8_length(text.substr(i, 4));
    out += length == 0 ? std::string_view("\uFFFD") : text.substr(i, length);
    i += std::max<std::size_t>(length, 1);
  }
  return out;
}

std::string blotted(std::string_view text, std::span<const Hit> hits) {
  std::string out;
  std::size_t done = 0;
  for (const Hit& hit : hits) {
    if (hit.span.end <= done) continue;
    if (hit.span.begin > done) out += text.substr(done, hit.span.begin - done);
    for (std::size_t i = std::max<std::size_t>(done, hit.span.begin); i < hit.span.end; ++i)
      if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) out += '*';
    done = hit.span.end;
  }
  out += text.substr(done);
  return out;
}

}  // namespace

Result<std::string> clean(std::string_view text, const TextScreen& screen, TextScratch& scratch) {
  std::string out = valid(text);
  for (int round = 0; round < kMostRounds; ++round) {
    WEIR_TRY_ASSIGN(const Verdict verdict, screen.judge(out, scratch));
    if (verdict.hits.empty()) return out;
    std::string next = blotted(out, verdict.hits);
    if (next == out) return out;
    out = std::move(next);
  }
  return fail(Code::kInternal, "a text cannot be cleaned");
}

}  // namespace weir::safety
