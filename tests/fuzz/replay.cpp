// Runs a fuzz target over the inputs that are kept for it, and over damaged ones.
//
//   replay_NAME_fuzz FILE    FILE has one input a line, in hexadecimal digits
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using Input = std::vector<std::uint8_t>;

Input read_hex(const std::string& line) {
  Input out;
  for (std::size_t i = 0; i + 1 < line.size(); i += 2)
    out.push_back(static_cast<std::uint8_t>(std::stoi(line.substr(i, 2), nullptr, 16)));
  return out;
}

// A copy of its own size, so that a sanitizer sees a read behind its end.
void run(const Input& input) {
  const Input copy(input);
  LLVMFuzzerTestOneInput(copy.data(), copy.size());
}

void run_damaged(Input input, std::mt19937& random) {
  if (input.empty()) return;
  for (int i = 0; i < 3; ++i) input[random() % input.size()] = static_cast<std::uint8_t>(random());
  run(input);
  input.resize(random() % input.size());
  run(input);
}

}  // namespace

int main(int argc, char** argv) {
  std::ifstream file(argc > 1 ? argv[1] : "");
  std::mt19937 random(7);
  int count = 0;
  for (std::string line; std::getline(file, line); ++count) {
    const Input input = read_hex(line);
    run(input);
    for (int i = 0; i < 8; ++i) run_damaged(input, random);
  }
  std::printf("%d inputs, each with 16 damaged ones\n", count);
  return count > 0 ? 0 : 1;
}
