#include "cli/screen_text.h"

#include <unistd.h>

#include <cerrno>
#include <memory>

#include <boost/json.hpp>

#include "base/folder_file.h"
#include "base/os_error.h"
#include "base/write_all.h"
#include "cli/hang_up.h"
#include "cli/line_input.h"
#include "cli/verdict_json.h"
#include "safety/text/mask.h"

namespace weir::cli {
namespace {

constexpr std::size_t kWriteAt = 64 * 1024;

/// Verdicts on their way: to standard output at once, or to a file that appears whole.
class Output {
 public:
  static Result<Output> open(const std::string& path) {
    Output out;
    if (path == "-") return out;
    out.file_ = std::make_unique<FolderFile>(path);
    if (const int error = out.file_->open(false); error != 0)
      return fail(Code::kIo, "cannot write '{}': {}", path, os_error_text(error));
    return out;
  }

  std::string& text() { return text_; }
  Result<void> flush() {
    if (text_.empty()) return {};
    const ByteView bytes(reinterpret_cast<const std::uint8_t*>(text_.data()), text_.size());
    const int error = file_ ? 0 : write_all(STDOUT_FILENO, bytes);
    if (file_) WEIR_TRY(file_->append(Bytes(bytes.begin(), bytes.end())));
    text_.clear();
    if (error == EPIPE) return fail(Code::kStopped, "the reader of standard output went away");
    if (error != 0)
      return fail(Code::kIo, "cannot write standard output: {}", os_error_text(error));
    return {};
  }
  Result<void> finish() {
    WEIR_TRY(flush());
    return file_ ? file_->commit() : Result<void>();
  }

 private:
  std::string text_;
  std::unique_ptr<FolderFile> file_;
};

/// What a line of JSON says.
struct Comment {
  std::string text;
  std::string id;  ///< JSON; "": none.
};

/// Sets the id also when there is no text.
Result<void> read_comment(std::string_view line, const std::string& field, Comment& out) {
  boost::json::parse_options options;
  options.allow_invalid_utf8 = true;
  boost::json::error_code error;
  const auto value =
      boost::json::parse(boost::json::string_view(line.data(), line.size()), error, {}, options);
  if (error) return fail(Code::kBadInput, "no JSON: {}", error.message());
  const auto* object = value.if_object();
  const auto* text = object == nullptr ? nullptr : object->if_contains(field);
  if (const auto* id = object == nullptr ? nullptr : object->if_contains("id"))
    out.id = boost::json::serialize(*id);
  if (text == nullptr || !text->is_string())
    return fail(Code::kBadInput, "no object with a text in '{}'", field);
  out.text = text->get_string();
  return {};
}

class TextScreening {
 public:
  TextScreening(const ScreenTextChoice& chosen, WordLists& lists, Output& output)
      : chosen_(chosen), lists_(lists), output_(output) {}

  Result<void> take(const Line& line) {
    ++lines_;
    if (line.cut) return unread({}, fmt::format("longer than {} bytes", kLongestLine));
    if (!chosen_.json) return judge(line.text, {});
    Comment comment;
    const auto read = read_comment(line.text, chosen_.field, comment);
    return read ? judge(comment.text, comment.id) : unread(comment.id, read.error().what);
  }

  Result<void> outcome() const {
    if (blocked_ > 0) return fail(Code::kRefused, "{} of {} texts are blocked", blocked_, lines_);
    if (damaged_ > 0) return fail(Code::kBadInput, "{} of {} lines are damaged", damaged_, lines_);
    return {};
  }

 private:
  Result<void> unread(std::string_view id, std::string_view why) {
    ++damaged_;
    add_failure({lines_, id, {}}, why, output_.text());
    return {};
  }

  Result<void> judge(std::string_view text, std::string_view id) {
    const auto& screen = lists_.screen();
    std::string cleaned;
    if (chosen_.mask) {
      WEIR_TRY_ASSIGN(cleaned, safety::clean(text, screen, lists_.scratch()));
    }
    const auto verdict = screen.judge(text, lists_.scratch());
    if (!verdict) return unread(id, verdict.error().what);
    blocked_ += verdict->action == safety::Action::kBlock ? 1 : 0;
    damaged_ += verdict->invalid > 0 ? 1 : 0;
    VerdictFrame frame{lines_, id, {}};
    if (chosen_.mask) frame.clean = cleaned;
    add_verdict(frame, *verdict, screen, output_.text());
    return {};
  }

  const ScreenTextChoice& chosen_;
  WordLists& lists_;
  Output& output_;
  std::size_t lines_ = 0;
  std::size_t blocked_ = 0;
  std::size_t damaged_ = 0;
};

}  // namespace

void bind_screen_text(CLI::App& app, ScreenTextChoice& chosen) {
  app.add_option("INPUT", chosen.input, "File of lines, or - for standard input");
  app.add_option("-o,--output", chosen.output, "Where verdicts go; - for standard output")
      ->type_name("FILE");
  app.add_option("--words", chosen.lists.files, "A word list in TOML; may be given again")
      ->required()
      ->allow_extra_args(false)
      ->type_name("FILE")
      ->default_str("");
  app.add_option("--language", chosen.lists.selection.languages,
                 "Only rules of these languages, and those of none")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("NAME,...")
      ->default_str("");
  app.add_option("--category", chosen.lists.selection.categories, "Only rules of these categories")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("NAME,...")
      ->default_str("");
  app.add_flag("--strict", chosen.lists.strict, "End with 2 when a list has a fault");
  app.add_flag("--json", chosen.json,
               "Lines are JSON objects, as in {\"id\": 7, \"text\": \"...\"}");
  app.add_option("--field", chosen.field, "The member of the objects that is the text")
      ->type_name("NAME");
  app.add_flag("--mask", chosen.mask, "Add the text with what was found in it blotted out");
}

Result<void> screen_text(const ScreenTextChoice& chosen, Session& session) {
  HangUp hang_up(HangUp::Calls::kInterrupted);
  WEIR_TRY_ASSIGN(auto lists, WordLists::open(chosen.lists, session.log(), session.clock()));
  WEIR_TRY_ASSIGN(auto input, LineInput::open(chosen.input));
  WEIR_TRY_ASSIGN(auto output, Output::open(chosen.output));
  TextScreening screening(chosen, lists, output);
  for (bool wait = false;;) {
    Line line;
    WEIR_TRY_ASSIGN(const auto next, input.next(line, wait, session.stop()));
    if (next == LineInput::Next::kEnd) break;
    lists.refresh(hang_up.take());
    wait = next == LineInput::Next::kNothing;
    if (next == LineInput::Next::kLine) WEIR_TRY(screening.take(line));
    if (wait || output.text().size() > kWriteAt) WEIR_TRY(output.flush());
  }
  WEIR_TRY(output.finish());
  return screening.outcome();
}

}  // namespace weir::cli
