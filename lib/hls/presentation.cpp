#include "hls/presentation.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace weir::hls {
namespace {

bool made_of(std::string_view text, std::string_view others) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           others.find(c) != others.npos;
  });
}

std::string session_tag(const SessionData& data) {
  std::string text = fmt::format("#EXT-X-SESSION-DATA:DATA-ID=\"{}\"", data.id);
  if (data.uri.empty()) text += fmt::format(",VALUE=\"{}\"", data.value);
  if (!data.uri.empty()) text += fmt::format(",URI=\"{}\"", data.uri);
  if (!data.uri.empty() && data.raw) text += ",FORMAT=RAW";
  if (!data.language.empty()) text += fmt::format(",LANGUAGE=\"{}\"", data.language);
  return text + "\n";
}

}  // namespace

int PresentationTags::version() const {
  const auto queried = [](const Variable& v) { return !v.value; };
  if (std::any_of(variables.begin(), variables.end(), queried)) return 11;
  return variables.empty() ? 1 : 8;
}

std::string start_tag(const StartPoint& start) {
  const auto us = start.offset.count();
  const auto size = us < 0 ? -us : us;
  return fmt::format("#EXT-X-START:TIME-OFFSET={}{}.{:03}{}\n", us < 0 ? "-" : "", size / 1'000'000,
                     size % 1'000'000 / 1000, start.precise ? ",PRECISE=YES" : "");
}

std::string define_tags(const PresentationTags& tags) {
  std::string text;
  for (const auto& [name, value] : tags.variables)
    text += value ? fmt::format("#EXT-X-DEFINE:NAME=\"{}\",VALUE=\"{}\"\n", name, *value)
                  : fmt::format("#EXT-X-DEFINE:QUERYPARAM=\"{}\"\n", name);
  return text;
}

std::string presentation_tags(const PresentationTags& tags) {
  std::string text;
  if (const auto& steering = tags.steering)
    text += fmt::format("#EXT-X-CONTENT-STEERING:SERVER-URI=\"{}\",PATHWAY-ID=\"{}\"\n",
                        steering->server_uri, steering->pathway);
  for (const auto& data : tags.session_data) text += session_tag(data);
  return text;
}

std::vector<std::string> variables_in(std::string_view text) {
  std::vector<std::string> out;
  for (auto at = text.find("{$"); at != text.npos; at = text.find("{$", at + 2)) {
    const auto end = text.find('}', at);
    if (end == text.npos) break;
    std::string name(text.substr(at + 2, end - at - 2));
    if (is_variable_name(name) && std::find(out.begin(), out.end(), name) == out.end())
      out.push_back(std::move(name));
  }
  return out;
}

bool is_variable_name(std::string_view name) {
  return made_of(name, "-_");
}

bool is_pathway_id(std::string_view id) {
  return made_of(id, "-_.");
}

bool is_stable_id(std::string_view id) {
  return made_of(id, "+/=.-_");
}

std::string steering_manifest(int ttl, const std::vector<std::string>& pathways) {
  return fmt::format("{{\"VERSION\":1,\"TTL\":{},\"PATHWAY-PRIORITY\":[\"{}\"]}}\n", ttl,
                     fmt::join(pathways, "\",\""));
}

}  // namespace weir::hls
