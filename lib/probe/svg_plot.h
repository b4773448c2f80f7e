// Plots as SVG that stands in a page of its own: no script, no font, nothing fetched.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace weir::probe {

struct Curve {
  std::string name;
  std::vector<std::pair<double, double>> points;  ///< In the order they are joined.
  bool dots = false;                              ///< Points alone, not joined.
};

struct Plot {
  std::string title;
  std::string unit;       ///< Of the values; time is in seconds.
  bool from_zero = true;  ///< The axis of the values begins at 0.
  double until = 0;       ///< Time begins at 0 and goes at least so far.
  std::vector<Curve> curves;
};

/// Each curve has a colour of its own and a line in the legend. More points than pixels are thinned
/// so that peaks stay. "" when there is no point.
std::string svg_plot(const Plot& plot);

/// A row for each name with a mark at each time; marks that `odd` tells are drawn in red.
struct Marks {
  std::string name;
  std::vector<std::pair<double, bool>> times;  ///< Time, odd.
};
std::string svg_marks(const std::string& title, double until, const std::vector<Marks>& rows);

/// Text as it may stand in HTML and SVG.
std::string html_escape(const std::string& text);

}  // namespace weir::probe
