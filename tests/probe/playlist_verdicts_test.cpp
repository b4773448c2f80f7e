// What is found in playlists that others wrote: each verdict stands with its reason in
// playlist_verdicts.tsv. They are checked without media and without the playlists they name, which
// lie there under other names; draft-READ is left out for that.
#include <filesystem>
#include <fstream>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "probe/check.h"
#include "support/media_files.h"

namespace weir::probe {
namespace {

struct Verdict {
  std::string file;
  std::string rules;
  std::string reason;
};

std::vector<Verdict> verdicts() {
  std::ifstream file(std::filesystem::path(__FILE__).parent_path() / "playlist_verdicts.tsv");
  std::vector<Verdict> out;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with('#')) continue;
    const auto first = line.find('\t'), second = line.find('\t', first + 1);
    out.push_back({line.substr(0, first), line.substr(first + 1, second - first - 1),
                   line.substr(second + 1)});
  }
  return out;
}

std::string found(const std::string& path) {
  const Fetcher fetcher(nullptr);
  NullProgress progress;
  if (!is_playlist(fetcher, path)) return "-";
  const auto presentation = load_presentation(path, fetcher, progress, LoadScope::kPlaylists);
  if (!presentation) return presentation.error().what;
  std::set<std::string> rules;
  for (const auto& finding : check_presentation(*presentation).findings)
    if (finding.rule->severity != Severity::kInfo && finding.rule->id != "draft-READ" &&
        (finding.rule->platforms & kWeb) != 0)
      rules.insert(std::string(finding.rule->id));
  std::string out;
  for (const auto& rule : rules) out += (out.empty() ? "" : " ") + rule;
  return out.empty() ? "none" : out;
}

TEST(PlaylistVerdicts, AreThoseThatWereReviewed) {
  const std::filesystem::path folder = std::filesystem::path(support::media_folder()) / "playlists";
  if (!std::filesystem::is_directory(folder)) GTEST_SKIP() << "no playlists below WEIR_MEDIA";
  for (const auto& verdict : verdicts())
    EXPECT_EQ(found(folder / verdict.file), verdict.rules)
        << verdict.file << ": " << verdict.reason;
}

TEST(PlaylistVerdicts, CoverEveryPlaylistThatIsThere) {
  const std::filesystem::path folder = std::filesystem::path(support::media_folder()) / "playlists";
  if (!std::filesystem::is_directory(folder)) GTEST_SKIP() << "no playlists below WEIR_MEDIA";
  std::set<std::string> reviewed, there;
  for (const auto& verdict : verdicts()) reviewed.insert(verdict.file);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
    if (entry.path().extension() == ".m3u8")
      there.insert(std::filesystem::relative(entry.path(), folder).string());
  EXPECT_EQ(there, reviewed);
}

}  // namespace
}  // namespace weir::probe
