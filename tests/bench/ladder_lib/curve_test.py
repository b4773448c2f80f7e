#!/usr/bin/env python3
"""The arithmetic of the ladder benchmark, on numbers that can be checked by hand."""
import math
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
sys.dont_write_bytecode = True
from ladder_lib import curve  # noqa: E402
from ladder_lib.curve import Point  # noqa: E402

CURVE = [Point("superfast", 14.0, 10.0), Point("veryfast", 15.0, 20.0), Point("faster", 15.5, 40.0)]


class Percentile(unittest.TestCase):
    def test_lies_between_neighbours(self):
        self.assertAlmostEqual(curve.percentile([30, 10, 20], 25), 15)

    def test_ends_are_the_smallest_and_the_largest(self):
        self.assertEqual(curve.percentile([3, 1, 2], 0), 1)
        self.assertEqual(curve.percentile([3, 1, 2], 100), 3)

    def test_of_one_value_is_that_value(self):
        self.assertEqual(curve.percentile([7], 5), 7)


class Ssim(unittest.TestCase):
    def test_a_tenth_of_the_error_is_ten_decibels(self):
        self.assertAlmostEqual(curve.ssim_db(0.99), 20)
        self.assertAlmostEqual(curve.ssim_db(0.999), 30)

    def test_perfect_pictures_stay_finite(self):
        self.assertEqual(curve.ssim_db(1.0), curve.BEST_SSIM_DB)


class RateShare(unittest.TestCase):
    def test_is_logarithmic(self):
        self.assertAlmostEqual(curve.rate_share(2000, 1000, 4000), 0.5)

    def test_goes_on_outside(self):
        self.assertAlmostEqual(curve.rate_share(500, 1000, 2000), -1)

    def test_is_the_middle_where_both_rates_are_the_same(self):
        self.assertEqual(curve.rate_share(900, 1000, 1001), 0.5)


class Efficient(unittest.TestCase):
    def test_leaves_out_what_costs_more_and_is_no_better(self):
        worse = Point("faster", 15.0, 30.0)
        self.assertEqual(curve.efficient([worse, *CURVE[:2]]), CURVE[:2])

    def test_keeps_the_better_of_two_at_the_same_cost(self):
        better = Point("b", 14.5, 10.0)
        self.assertEqual(curve.efficient([CURVE[0], better]), [better])


class EqualQuality(unittest.TestCase):
    def test_is_the_point_itself_on_a_point(self):
        for point in CURVE:
            crossing = curve.equal_quality(CURVE, point.quality)
            self.assertAlmostEqual(crossing.cost, point.cost)
            self.assertFalse(crossing.extrapolated)

    def test_between_points_the_logarithm_of_the_cost_is_linear(self):
        crossing = curve.equal_quality(CURVE, 14.5)
        self.assertAlmostEqual(crossing.cost, math.sqrt(10 * 20))
        self.assertEqual(crossing[1:], ("superfast", "veryfast", 0.5))

    def test_takes_the_segment_the_quality_is_in(self):
        crossing = curve.equal_quality(CURVE, 15.25)
        self.assertAlmostEqual(crossing.cost, math.sqrt(20 * 40))
        self.assertEqual((crossing.low, crossing.high), ("veryfast", "faster"))

    def test_above_the_curve_extends_the_last_two_points(self):
        crossing = curve.equal_quality(CURVE, 16.0)
        self.assertAlmostEqual(crossing.cost, 80)
        self.assertTrue(crossing.extrapolated)

    def test_below_the_curve_extends_the_first_two_points(self):
        crossing = curve.equal_quality(CURVE, 13.0)
        self.assertAlmostEqual(crossing.cost, 5)
        self.assertTrue(crossing.extrapolated)

    def test_two_points_are_enough(self):
        self.assertAlmostEqual(curve.equal_quality(CURVE[:2], 16.0).cost, 40)

    def test_one_point_has_no_slope_and_says_so(self):
        crossing = curve.equal_quality(CURVE[:1], 14.2)
        self.assertEqual(crossing.cost, 10)
        self.assertTrue(crossing.extrapolated)
        self.assertFalse(curve.equal_quality(CURVE[:1], 14.0).extrapolated)


if __name__ == "__main__":
    unittest.main()
