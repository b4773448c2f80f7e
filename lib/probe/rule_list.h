// The list of rules, for people and for machines, and findings as JUnit has them.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

#include "probe/rules.h"

namespace weir::probe {

/// One paragraph a rule: id, severity, platforms, what it asks for, how that is decided or why it
/// is not.
std::string rules_text(const std::vector<Rule>& rules);
/// `schema`, `kind` "rules" and `rules`, each with `id`, `severity`, `platforms`, `decided`,
/// `title` and `reason`.
boost::json::object rules_json(const std::vector<Rule>& rules);

/// A test suite named `input`: a case for each of `rules`, which fails when there is a finding of
/// it that fails the run, and else carries its findings as output. XML, UTF-8.
std::string junit_text(std::string_view input, std::span<const Rule* const> rules,
                       const std::vector<Finding>& findings, bool strict);

}  // namespace weir::probe
