#include "safety/text/shapes.h"

#include <algorithm>
#include <limits>

#include "base/text.h"
#include "safety/text/shape_forms.h"

namespace weir::safety {
namespace {

constexpr std::uint32_t kNothingOpen = std::numeric_limits<std::uint32_t>::max();

bool is_word_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

std::span<const std::string> expressions_of(RuleKind kind) {
  switch (kind) {
    case RuleKind::kUrl:
      return url_expressions();
    case RuleKind::kPhone:
      return phone_expressions();
    case RuleKind::kHandle:
      return handle_expressions();
    default:
      return {};
  }
}

// In the form excepted() compares with; `text` is folded.
ShortText comparable(RuleKind kind, std::string_view text) {
  if (kind == RuleKind::kPhone) return digits_of(text);
  if (kind == RuleKind::kUrl) return url_host(text);
  ShortText out;
  out.add(text.substr(text.starts_with('@') ? 1 : 0));
  return out;
}

}  // namespace

Result<ShapeMatcher> ShapeMatcher::compile(const WordList& list, Faults& faults) {
  ShapeMatcher out;
  for (const auto& rule : list.rules) {
    out.except_.emplace_back();
    if (rule.kind == RuleKind::kWords) continue;
    for (const auto& word : rule.except)
      out.except_.back().emplace_back(comparable(rule.kind, lower(word.text)).view());
  }
  for (std::uint32_t i = 0; i < list.rules.size(); ++i) WEIR_TRY(out.add_known(list.rules[i], i));
  WEIR_TRY(out.add_patterns(list, faults));
  return out;
}

// Each by itself: together Vectorscan takes seconds for them.
Result<void> ShapeMatcher::add_known(const Rule& rule, std::uint32_t number) {
  for (const auto& text : expressions_of(rule.kind)) {
    WEIR_TRY_ASSIGN(auto database, ScanDatabase::of_expressions(std::span(&text, 1)));
    parts_.push_back({std::move(database), shapes_.size()});
    shapes_.push_back({number, rule.kind, true});
  }
  return {};
}

Result<void> ShapeMatcher::add_patterns(const WordList& list, Faults& faults) {
  const std::size_t first = shapes_.size();
  std::vector<std::string> expressions;
  for (std::uint32_t i = 0; i < list.rules.size(); ++i)
    for (const auto& word : list.rules[i].patterns) {
      const auto alone = ScanDatabase::of_expressions(std::span(&word.text, 1));
      if (alone) {
        expressions.push_back(word.text);
        shapes_.push_back({i, RuleKind::kWords, false});
      } else {
        faults.push_back(fmt::format("{}:{}: the pattern '{}': {}", list.rules[i].file, word.line,
                                     word.text.substr(0, 64), alone.error().what));
      }
    }
  if (expressions.empty()) return {};
  WEIR_TRY_ASSIGN(auto database, ScanDatabase::of_expressions(expressions));
  parts_.push_back({std::move(database), first});
  return {};
}

Result<void> ShapeMatcher::fit(ScanScratch& scratch) const {
  for (const auto& part : parts_) WEIR_TRY(part.database.fit(scratch));
  return {};
}

std::size_t ShapeMatcher::bytes() const {
  std::size_t out = 0;
  for (const auto& part : parts_) out += part.database.bytes();
  return out;
}

bool ShapeMatcher::excepted(const Shape& shape, std::string_view found) const {
  const auto& list = except_[shape.rule];
  if (shape.kind == RuleKind::kWords || list.empty()) return false;
  const ShortText form = comparable(shape.kind, found);
  return std::any_of(list.begin(), list.end(), [&](const std::string& known) {
    return shape.kind == RuleKind::kUrl ? is_within(form.view(), known) : form.view() == known;
  });
}

// Narrows `found` to what is really there.
bool ShapeMatcher::meant(const Shape& shape, std::string_view text, Found& found) const {
  auto part = text.substr(found.begin, found.end - found.begin);
  const char before = found.begin > 0 ? text[found.begin - 1] : ' ';
  if (shape.word_like && (is_word_byte(before) || before == '@') && is_word_byte(part.front()))
    return false;
  if (shape.kind == RuleKind::kUrl) {
    while (!part.empty() && std::string_view(".,;:!?)'").find(part.back()) != text.npos)
      part.remove_suffix(1);
  } else if (shape.kind == RuleKind::kPhone) {
    if (before == '+') part = text.substr(found.begin - 1, part.size() + 1);
    part = phone_in(part);
  } else if (shape.kind == RuleKind::kHandle) {
    if (part.front() == '@' && is_word_byte(before)) return false;  // of a mail address
    if (!is_handle(part)) return false;
  }
  if (part.empty() || excepted(shape, part)) return false;
  found.begin = static_cast<std::size_t>(part.data() - text.data());
  found.end = found.begin + part.size();
  return true;
}

// Every end of a match is told; the longest from one beginning counts. The spans are places in the
// folded text, and the rule is the shape, until find() is done.
Result<void> ShapeMatcher::find(const Part& part, const FoldedText& folded,
                                const ScanScratch& scratch, std::vector<std::uint32_t>& open,
                                std::vector<Hit>& hits) const {
  const auto text = folded.text();
  const auto keep = [&](unsigned number, std::size_t begin, std::size_t end) {
    const auto shape = static_cast<std::uint32_t>(part.first + number);
    const bool goes_on =
        end < text.size() && is_word_byte(text[end]) && is_word_byte(text[end - 1]);
    if (begin == end || (shapes_[shape].word_like && goes_on)) return;
    const Span span{static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)};
    if (open[shape] != kNothingOpen && hits[open[shape]].span.begin == span.begin) {
      hits[open[shape]].span.end = span.end;
      return;
    }
    open[shape] = static_cast<std::uint32_t>(hits.size());
    hits.push_back({span, shape, 1, {}});
  };
  return part.database.scan(text, scratch, keep);
}

Result<void> ShapeMatcher::find(const FoldedText& folded, const ScanScratch& scratch,
                                std::vector<std::uint32_t>& open, std::vector<Hit>& hits) const {
  const auto text = folded.text();
  const std::size_t first = hits.size();
  open.assign(shapes_.size(), kNothingOpen);
  for (const auto& part : parts_) WEIR_TRY(find(part, folded, scratch, open, hits));
  auto kept = hits.begin() + static_cast<std::ptrdiff_t>(first);
  for (std::size_t i = first; i < hits.size(); ++i) {
    const Shape& shape = shapes_[hits[i].rule];
    Found found{hits[i].span.begin, hits[i].span.end};
    if (!meant(shape, text, found) || !folded.whole(found.begin, found.end)) continue;
    *kept++ = {folded.origin(found.begin, found.end), shape.rule, 1,
               text.substr(found.begin, found.end - found.begin)};
  }
  hits.erase(kept, hits.end());
  return {};
}

}  // namespace weir::safety
