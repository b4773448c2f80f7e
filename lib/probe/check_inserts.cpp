// Rules for what interstitials put in, against the programme it is put into.
#include <algorithm>
#include <set>

#include "probe/check.h"
#include "probe/codec_entry.h"
#include "probe/words.h"

namespace weir::probe {
namespace {

using Variants = std::vector<hls::VariantText>;

std::set<std::string> forms(const Variants& variants) {
  std::set<std::string> out;
  for (const auto& variant : variants)
    for (const auto& codec : parts_of(variant.codecs)) out.insert(codec.substr(0, codec.find('.')));
  return out;
}

double aspect(const Variants& variants) {
  const auto sized = std::ranges::find_if(variants, [](const auto& v) {
    return v.resolution && v.resolution->width > 0 && v.resolution->height > 0;
  });
  if (sized == variants.end()) return 0;
  return static_cast<double>(sized->resolution->width) / sized->resolution->height;
}

std::int64_t lowest(const Variants& variants) {
  std::int64_t out = 0;
  for (const auto& variant : variants)
    if (variant.bandwidth && (out == 0 || *variant.bandwidth < out)) out = *variant.bandwidth;
  return out;
}

void check_asset(const Variants& programme, const Insert& insert, const Insert::Asset& asset,
                 Findings& out) {
  constexpr double kTolerance = 0.02;
  const auto& own = asset.text->variants;
  const auto add = [&](const char* rule, boost::json::value measured, boost::json::value limit,
                       std::string what) {
    out.add({&find_rule(rule), insert.uri, insert.line, std::move(measured), std::move(limit),
             fmt::format("'{}' {}", asset.uri, what)});
  };
  const auto known = forms(programme);
  for (const auto& form : forms(own))
    if (!known.empty() && known.count(form) == 0)
      add("general-3.2", boost::json::string(form), nullptr,
          fmt::format("has {}, which the programme has not", form));
  const double theirs = aspect(programme), ours = aspect(own);
  if (theirs > 0 && ours > 0 && std::abs(theirs - ours) > theirs * kTolerance)
    add("general-3.3", ours, theirs,
        fmt::format("has the aspect ratio {:.3f}, the programme {:.3f}", ours, theirs));
  const auto least = lowest(programme);
  if (least > 0 && lowest(own) > least)
    add("general-3.4", lowest(own), least,
        fmt::format("begins at {}, the programme at {}", bitrate_words(lowest(own)),
                    bitrate_words(least)));
}

}  // namespace

void check_inserts(const Presentation& p, Findings& out) {
  for (const auto& insert : p.inserts) {
    if (!insert.problem.empty())
      out.add({&find_rule("draft-INTERSTITIAL-LIST"), insert.uri, insert.line, nullptr, nullptr,
               insert.problem});
    if (!p.multivariant) continue;
    for (const auto& asset : insert.assets)
      if (asset.text) check_asset(p.multivariant->variants, insert, asset, out);
  }
}

}  // namespace weir::probe
