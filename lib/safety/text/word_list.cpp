#include "safety/text/word_list.h"

#include <algorithm>
#include <array>
#include <filesystem>

#include "base/nearest.h"
#include "base/text_file.h"
#include "base/toml_table.h"

namespace weir::safety {
namespace {

namespace fs = std::filesystem;

const std::array<std::string, 3> kTopKeys{"include", "except", "rule"};
const std::array<std::string, 12> kRuleKeys{
    "name",  "kind",     "action", "severity",        "category", "language",
    "words", "patterns", "except", "pinyin_initials", "run",      "times"};
const std::array<std::string, 4> kActions{"pass", "mask", "review", "block"};
const std::array<std::string, 5> kKinds{"words", "url", "phone", "handle", "flood"};

/// Reads one rule; whatever is wrong in it becomes a fault.
class RuleReader {
 public:
  RuleReader(const TomlTable& table, const std::string& file, Faults& faults)
      : table_(table), file_(file), faults_(faults) {}

  /// Whether it can be used.
  bool read(Rule& out) {
    keep(table_.check_keys(kRuleKeys));
    const bool known =
        read_choice("kind", kKinds, out.kind) && read_choice("action", kActions, out.action);
    keep(table_.text("name", out.name));
    keep(table_.text("category", out.category));
    keep(table_.text("language", out.language));
    keep(table_.integer("severity", out.severity, 1, 5));
    keep(table_.boolean("pinyin_initials", out.pinyin_initials));
    keep(table_.integer("run", out.run, 2, 1000));
    keep(table_.integer("times", out.times, 2, 1000));
    words("words", out.words);
    words("patterns", out.patterns);
    words("except", out.except);
    return known && sensible(out);
  }

  void words(const char* key, std::vector<Word>& out) {
    const toml::node* node = table_.get(key);
    if (node == nullptr) return;
    if (!node->is_array()) {
      faults_.push_back(table_.error(key, "'{}' must be a list of texts in quotes", key).what);
      return;
    }
    for (const auto& item : *node->as_array()) {
      const auto line = static_cast<std::uint32_t>(item.source().begin.line);
      if (const auto* text = item.as_string())
        out.push_back({text->get(), line});
      else
        faults_.push_back(fmt::format("{}:{}: a word must be a text in quotes", file_, line));
    }
  }

  void keep(const Result<void>& outcome) {
    if (!outcome) faults_.push_back(outcome.error().what);
  }

 private:
  template <std::size_t N, typename Choice>
  bool read_choice(const char* key, const std::array<std::string, N>& names, Choice& out) {
    std::string name;
    const auto read = table_.text(key, name);
    keep(read);
    if (!read || name.empty()) return read.has_value();
    const auto found = std::find(names.begin(), names.end(), name);
    if (found != names.end()) {
      out = static_cast<Choice>(found - names.begin());
      return true;
    }
    const auto guess = nearest(name, names);
    faults_.push_back(table_
                          .error(key, "unknown {} '{}'{}", key, name,
                                 guess ? fmt::format("; did you mean '{}'?", *guess) : "")
                          .what);
    return false;
  }

  bool sensible(const Rule& rule) {
    const bool empty = rule.words.empty() && rule.patterns.empty();
    if (rule.kind == RuleKind::kWords && empty)
      faults_.push_back(table_.table_error("a rule needs 'words', 'patterns' or a 'kind'").what);
    if (rule.kind != RuleKind::kWords && !empty)
      faults_.push_back(table_.table_error("a rule with a 'kind' has no words of its own").what);
    return (rule.kind == RuleKind::kWords) != empty;
  }

  const TomlTable& table_;
  const std::string& file_;
  Faults& faults_;
};

bool holds(const std::vector<std::string>& list, const std::string& name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

bool selected(const Rule& rule, const Selection& selection) {
  const bool language = selection.languages.empty() || rule.language.empty() ||
                        holds(selection.languages, rule.language);
  return language && (selection.categories.empty() || holds(selection.categories, rule.category));
}

void add_rule(const TomlTable& table, const std::string& file, const Selection& selection,
              WordList& list) {
  Rule rule;
  rule.file = file;
  rule.line = table.line();
  if (!RuleReader(table, file, list.faults).read(rule) || !selected(rule, selection)) return;
  if (rule.name.empty())
    rule.name = fmt::format("{}:{}", fs::path(file).filename().string(), rule.line);
  list.rules.push_back(std::move(rule));
}

Result<void> add_file(const std::string& file, const Selection& selection, WordList& list) {
  std::error_code ignored;
  const auto whole = fs::weakly_canonical(file, ignored);
  for (const auto& known : list.files)
    if (fs::weakly_canonical(known, ignored) == whole) return {};
  WEIR_TRY_ASSIGN(const std::string text, read_text_file(file));
  return add_word_list(text, file, selection, list);
}

}  // namespace

std::string_view action_name(Action action) {
  return kActions[static_cast<std::size_t>(action)];
}

Result<void> add_word_list(std::string_view text, const std::string& file,
                           const Selection& selection, WordList& list) {
  WEIR_TRY_ASSIGN(const toml::table parsed, parse_toml(text, file));
  const TomlTable top(parsed, file);
  RuleReader reader(top, file, list.faults);
  const std::size_t first = list.rules.size();
  list.files.push_back(file);
  reader.keep(top.check_keys(kTopKeys));
  std::vector<std::string> included;
  reader.keep(top.texts("include", included));
  for (const auto& name : included)
    WEIR_TRY(add_file((fs::path(file).parent_path() / name).string(), selection, list));
  const auto rules = top.tables("rule");
  if (!rules)
    reader.keep(fail(rules.error()));
  else
    for (const auto& rule : *rules) add_rule(rule, file, selection, list);
  std::vector<Word> except;
  reader.words("except", except);
  for (auto& word : except)
    list.exceptions.push_back({std::move(word), file, first, list.rules.size()});
  return {};
}

Result<WordList> load_word_lists(std::span<const std::string> files, const Selection& selection) {
  WordList list;
  for (const auto& file : files) WEIR_TRY(add_file(file, selection, list));
  return list;
}

}  // namespace weir::safety
