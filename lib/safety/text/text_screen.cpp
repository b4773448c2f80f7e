#include "safety/text/text_screen.h"

#include <algorithm>
#include <tuple>

#include "safety/text/flood.h"

namespace weir::safety {
namespace {

constexpr std::size_t kKept = 64 * 1024;  // characters a scratch keeps room for

struct AsciiText {
  std::string_view text;
  void read(Reading reading, SymbolText& out) const { read_ascii(text, reading, out); }
  void read(FoldedText& out) const { out.read_ascii(text); }
};

struct AnyText {
  const Folded& folded;
  void read(Reading reading, SymbolText& out) const { read_folded(folded, reading, out); }
  void read(FoldedText& out) const { out.read_folded(folded); }
};

template <typename T>
void shrink(std::vector<T>& values) {
  if (values.capacity() > kKept) values = {};
}

}  // namespace

void TextScratch::trim() {
  as_i_.trim(kKept);
  as_l_.trim(kKept);
  plain_.trim(4 * kKept);
  shrink(folded_.items);
  shrink(hits_);
  shrink(pardons_);
}

TextScreen::TextScreen(WordList list, std::shared_ptr<const CharTable> table, WordMatcher words,
                       ShapeMatcher shapes)
    : list_(std::move(list)),
      table_(std::move(table)),
      words_(std::move(words)),
      shapes_(std::move(shapes)) {
  for (std::uint32_t i = 0; i < list_.rules.size(); ++i)
    if (list_.rules[i].kind == RuleKind::kFlood) floods_.push_back(i);
}

Result<std::shared_ptr<const TextScreen>> TextScreen::compile(
    WordList list, std::shared_ptr<const CharTable> table) {
  WEIR_TRY_ASSIGN(auto words, WordMatcher::compile(list, *table, list.faults));
  WEIR_TRY_ASSIGN(auto shapes, ShapeMatcher::compile(list, list.faults));
  return std::shared_ptr<const TextScreen>(
      new TextScreen(std::move(list), std::move(table), std::move(words), std::move(shapes)));
}

Result<TextScratch> TextScreen::make_scratch() const {
  TextScratch out;
  WEIR_TRY(words_.database().fit(out.scan_));
  WEIR_TRY(shapes_.fit(out.scan_));
  return out;
}

Result<Verdict> TextScreen::judge(std::string_view text, TextScratch& scratch) const {
  if (!is_ascii(text)) return judge_folded(text, scratch);
  if (text.size() > kLongestText)
    return fail(Code::kRefused, "a text of {} bytes is too long to be screened", text.size());
  scratch.trim();
  scratch.folded_.invalid = 0;
  return judge_as(AsciiText{text}, scratch);
}

Result<Verdict> TextScreen::judge_folded(std::string_view text, TextScratch& scratch) const {
  if (text.size() > kLongestText)
    return fail(Code::kRefused, "a text of {} bytes is too long to be screened", text.size());
  scratch.trim();
  fold(text, *table_, scratch.folded_);
  return judge_as(AnyText{scratch.folded_}, scratch);
}

template <typename Source>
Result<Verdict> TextScreen::judge_as(const Source& source, TextScratch& scratch) const {
  scratch.hits_.clear();
  scratch.pardons_.clear();
  source.read(Reading::kAsI, scratch.as_i_);
  WEIR_TRY(words_.find(scratch.as_i_, scratch.scan_, scratch.hits_, scratch.pardons_));
  if (scratch.as_i_.ambiguous) {
    source.read(Reading::kAsL, scratch.as_l_);
    WEIR_TRY(words_.find(scratch.as_l_, scratch.scan_, scratch.hits_, scratch.pardons_));
  }
  if (!shapes_.empty() || !floods_.empty()) {
    source.read(scratch.plain_);
    WEIR_TRY(find_shapes(scratch));
  }
  settle(scratch.hits_, scratch.pardons_);
  return verdict(scratch);
}

Result<void> TextScreen::find_shapes(TextScratch& scratch) const {
  WEIR_TRY(shapes_.find(scratch.plain_, scratch.scan_, scratch.open_, scratch.hits_));
  for (const std::uint32_t number : floods_)
    find_floods(scratch.plain_, list_.rules[number], number, scratch.hits_);
  return {};
}

Verdict TextScreen::verdict(const TextScratch& scratch) const {
  Verdict out;
  out.hits = scratch.hits_;
  out.invalid = scratch.folded_.invalid;
  const auto& at = scratch.folded_.invalid_at;
  out.invalid_at = std::span(at).first(std::min(out.invalid, at.size()));
  const auto weight = [&](const Hit& hit) {
    return std::tuple(rule(hit).action, rule(hit).severity, hit.score);
  };
  for (const Hit& hit : scratch.hits_)
    if (out.worst == nullptr || weight(*out.worst) < weight(hit)) out.worst = &hit;
  if (out.worst != nullptr) out.action = rule(*out.worst).action;
  return out;
}

}  // namespace weir::safety
