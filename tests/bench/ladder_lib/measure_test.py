#!/usr/bin/env python3
"""What the ladder benchmark reads from logs and packets, on small ones written here."""
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
sys.dont_write_bytecode = True
from ladder_lib import encode, measure, media  # noqa: E402


class Logs(unittest.TestCase):
    def read(self, metric, text):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "log"
            path.write_text(text)
            return measure.read_log(path, metric)

    def test_ssim_is_that_of_all_planes(self):
        self.assertEqual(self.read("ssim", "n:1 Y:0.98 U:0.99 V:0.97 All:0.975000 (16.0)\nn:2 Y:1 U:1 V:1 All:1.000000 (inf)\n"),
                         [0.975, 1.0])

    def test_psnr_is_that_of_all_planes(self):
        self.assertEqual(self.read("psnr", "n:1 mse_avg:0.50 mse_y:0.6 psnr_avg:51.14 psnr_y:50.3\n"
                                           "n:2 mse_avg:0.00 mse_y:0.0 psnr_avg:inf psnr_y:inf\n"), [51.14, float("inf")])

    def test_vmaf_is_one_score_a_picture(self):
        self.assertEqual(self.read("libvmaf", '{"frames": [{"frameNum": 0, "metrics": {"vmaf": 93.5, "motion": 0}}]}'), [93.5])


class MeanPsnr(unittest.TestCase):
    def test_is_that_of_the_mean_error(self):
        self.assertAlmostEqual(measure.mean_psnr([40, float("inf")]), 40 + 3.0103, places=4)


class WholePackets(unittest.TestCase):
    def test_takes_the_pictures_of_the_wanted_time(self):
        self.assertEqual(media.whole_packets([0, 1, 2, 3, 4], 3), 3)

    def test_leaves_no_hole_before_the_last_picture(self):
        self.assertEqual(media.whole_packets([0, 3, 1, 2, 6, 4, 5], 5), 4)

    def test_takes_all_of_a_short_stream(self):
        self.assertEqual(media.whole_packets([5, 8, 6, 7], 100), 4)


class Rates(unittest.TestCase):
    def test_are_numbers_or_texts_with_a_unit(self):
        self.assertEqual([encode.bits(rate) for rate in (500000, "500k", "1.8M", "64000")],
                         [500_000, 500_000, 1_800_000, 64_000])

    def test_peak_and_buffer_have_defaults(self):
        self.assertEqual(encode.make_rung("a", 640, 360, "500k")[3:], (500_000, 750_000, 1_000_000))


if __name__ == "__main__":
    unittest.main()
