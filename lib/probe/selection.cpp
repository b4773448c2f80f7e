#include "probe/selection.h"

#include <algorithm>

#include <fmt/ranges.h>

#include "base/nearest.h"
#include "probe/words.h"

namespace weir::probe {
namespace {

std::string hint(std::string_view name, const std::vector<std::string>& known,
                 std::string otherwise) {
  const auto like = nearest(name, known);
  return like ? fmt::format("did you mean '{}'?", *like) : std::move(otherwise);
}

Result<void> check_id(const std::string& id) {
  std::vector<std::string> known;
  for (const auto& rule : all_rules()) {
    if (rule.decided) known.emplace_back(rule.id);
    if (rule.id == id && !rule.decided)
      return fail(Code::kUsage, "rule '{}' is not decided: {}", id, rule.reason);
  }
  if (is_one_of(id, known)) return {};
  return fail(Code::kUsage, "no rule '{}': {}", id, hint(id, known, "--rules lists them"));
}

}  // namespace

const std::vector<std::string>& platform_names() {
  static const std::vector<std::string> names{"web", "ios", "macos", "tvos", "visionos", "airplay"};
  return names;
}

std::vector<std::string> names_of(Platforms platforms) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < platform_names().size(); ++i)
    if ((platforms >> i & 1) != 0) out.push_back(platform_names()[i]);
  return out;
}

Result<Selection> Selection::open(const SelectionOptions& options) {
  const auto& names = platform_names();
  const auto found = std::find(names.begin(), names.end(), options.platform);
  if (found == names.end())
    return fail(Code::kUsage, "no platform '{}': {}", options.platform,
                hint(options.platform, names, fmt::format("{}", fmt::join(names, ", "))));
  for (const auto* ids : {&options.only, &options.skip})
    for (const auto& id : *ids) WEIR_TRY(check_id(id));
  Selection out;
  out.platform_ = Platforms{1} << (found - names.begin());
  out.only_ = options.only;
  out.skip_ = options.skip;
  return out;
}

bool Selection::has(const Rule& rule) const {
  return (rule.platforms & platform_) != 0 && (only_.empty() || is_one_of(rule.id, only_)) &&
         !is_one_of(rule.id, skip_);
}

void Selection::apply(std::vector<Finding>& findings) const {
  std::erase_if(findings, [&](const Finding& finding) { return !has(*finding.rule); });
}

std::vector<const Rule*> Selection::rules() const {
  std::vector<const Rule*> out;
  for (const auto& rule : all_rules())
    if (rule.decided && has(rule)) out.push_back(&rule);
  return out;
}

}  // namespace weir::probe
