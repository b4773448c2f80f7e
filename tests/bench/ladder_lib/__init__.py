"""The parts of the benchmark tests/bench/ladder."""
